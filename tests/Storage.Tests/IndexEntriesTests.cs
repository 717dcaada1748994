using Gateway.Storage.Segments;

namespace Gateway.Storage.Tests;

public class IndexEntriesTests
{
    [Fact]
    public void Entries_are_where_they_were_put_across_pieces_and_after_some_were_taken_back()
    {
        const int count = (2 * IndexEntries.PieceLength) + 100;
        var entries = new IndexEntries();
        for (int i = 0; i < count; i++) entries.Add(Of(i));
        Assert.Equal(count, entries.Count);
        for (int i = 0; i < count; i++) Assert.Equal(Of(i), entries[i]);
        foreach (int kept in new[] { IndexEntries.PieceLength + 1, IndexEntries.PieceLength, 5, 4, 0 })
        {
            entries.Shorten(kept);
            Assert.Equal(kept, entries.Count);
            for (int i = kept; i < kept + 10; i++) entries.Add(Of(7_000 + i));
            for (int i = 0; i < kept; i++) Assert.Equal(Of(i), entries[i]);
            for (int i = kept; i < kept + 10; i++) Assert.Equal(Of(7_000 + i), entries[i]);
            entries.Shorten(kept);
        }
    }

    private static IndexEntry Of(int number) => new(number * 10L, number, number + 1);
}
