using Gateway.Common.Records;
using Gateway.Simulation.Disk;

namespace Gateway.Storage.Tests.Compaction;

public class RottenSwapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1 << 20)]
    public void A_segment_to_be_swapped_in_whose_last_offset_rotted_deletes_no_other(int added)
    {
        CompactedLog log = CutInTheMiddleOfASwap(out string swap);
        byte[] bytes = log.Stepped.Files.ReadAll(swap);
        int last = 0;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(bytes)) last = batch.Position;
        _ = RecordBatchHeader.TryRead(bytes.AsSpan(last), out RecordBatchHeader header);
        RecordBatchBytes.SetBaseOffset(bytes.AsSpan(last), header.BaseOffset + added);
        log.Stepped.Files.Replace(swap, bytes);
        string[] before = [.. log.Files];
        _ = log.Stepped.Open();
        DamagedLogException damage = Assert.Throws<DamagedLogException>(() => log.Fixture.Reopen());
        Assert.Contains(".swap", damage.Message, StringComparison.Ordinal);
        Assert.Equal(before, log.Files);
    }

    private static CompactedLog CutInTheMiddleOfASwap(out string swap)
    {
        for (int changes = 1; changes < 300; changes++)
        {
            var log = new CompactedLog();
            for (int i = 0; i < 30; i++) log.Append($"a={i}", $"b={i}");
            log.Roll();
            log.Stepped.Files.ChangesUntilPowerCut = changes;
            try
            {
                _ = log.Clean();
            }
            catch (PowerCutException)
            {
                // Wherever it was.
            }

            log.Stepped.CrashWithoutOpening(new Random(changes));
            if (log.Stepped.Files.AllFiles().FirstOrDefault(static path => path.EndsWith(".swap", StringComparison.Ordinal)) is not { } found) continue;
            swap = found;
            return log;
        }

        throw new InvalidOperationException("No power cut left a swap to be done");
    }
}
