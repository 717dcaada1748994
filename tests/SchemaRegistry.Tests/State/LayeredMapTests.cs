using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>Maps that are filled at once and changed bit by bit: always what a plain dictionary would hold, and no image ever changes.</summary>
public class LayeredMapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(2000)]
    public void Whatever_is_done_before_and_after_the_first_image_the_map_holds_what_a_dictionary_would(int before)
    {
        var chance = new Random(before);
        var wanted = new Dictionary<string, int>(StringComparer.Ordinal);
        var layered = new LayeredMap<string, int>.Builder();
        var sorted = new SortedMapBuilder<int>();
        var images = new List<(LayeredMap<string, int> Layered, IReadOnlyDictionary<string, int> Sorted, Dictionary<string, int> Wanted)>();
        for (var step = 0; step < 2000; step++)
        {
            var key = $"k{chance.Next(100)}";
            if (chance.Next(3) == 0)
            {
                wanted.Remove(key);
                layered.Remove(key);
                sorted.Remove(key);
            }
            else
            {
                wanted[key] = layered[key] = sorted[key] = step;
            }
            var asked = $"k{chance.Next(100)}";
            var isThere = wanted.TryGetValue(asked, out var value);
            Assert.Equal((isThere, value), (layered.TryGetValue(asked, out var inLayers), inLayers));
            Assert.Equal((isThere, value), (sorted.TryGetValue(asked, out var inOrder), inOrder));
            if (step >= before && step % 50 == 0) images.Add((layered.ToImmutable(), sorted.ToImmutable(), new Dictionary<string, int>(wanted)));
        }
        foreach (var (one, other, held) in images)
        {
            Assert.Equal(held.OrderBy(entry => entry.Key, StringComparer.Ordinal), one.OrderBy(entry => entry.Key, StringComparer.Ordinal));
            Assert.Equal(held.OrderBy(entry => entry.Key, StringComparer.Ordinal), other);
            Assert.Equal(held.Count, one.Count);
            for (var i = 0; i < 100; i++)
            {
                var isThere = held.TryGetValue($"k{i}", out var value);
                Assert.Equal((isThere, value), (one.TryGetValue($"k{i}", out var found), found));
            }
        }
    }

    [Fact]
    public void An_image_with_one_more_is_another_image()
    {
        var builder = new LayeredMap<string, int>.Builder { ["a"] = 1, ["b"] = 2 };
        var image = builder.ToImmutable();
        var more = image.SetItem("c", 3).SetItem("a", 9);
        Assert.Equal((2, 3), (image.Count, more.Count));
        Assert.Equal((1, 9, 3), (image["a"], more["a"], more["c"]));
        Assert.Throws<KeyNotFoundException>(() => image["c"]);
        Assert.Equal(["a", "b", "c"], more.Keys.Order(StringComparer.Ordinal));
    }
}
