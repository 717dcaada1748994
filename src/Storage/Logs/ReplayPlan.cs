using Gateway.Storage.Journal;

namespace Gateway.Storage.Logs;

/// <summary>What the journal frames of one log mean together, before the first is applied.</summary>
/// <param name="TrustedOffset">
/// Everything below it is durable in the segments as it finally was. A truncation lowers it: what was promised behind the cut need not be
/// there any more, and the file may or may not have been cut.
/// </param>
/// <param name="IsCut">
/// The last thing that touched the trusted offset was a truncation: what the segments hold from there on is of no use. The cut, and a roll
/// after it, may have reached the disk or not, so old and new segments may overlap; the journal has all that came after.
/// </param>
/// <param name="LogStartOffset">The first offset that can be read, in the end.</param>
/// <param name="Frames">The frames the checkpoint does not have, each with the lowest cut that comes after it: what it appended from there on is void.</param>
internal sealed record ReplayPlan(long TrustedOffset, bool IsCut, long LogStartOffset, IReadOnlyList<(FoundFrame Frame, long VoidFrom)> Frames)
{
    internal static ReplayPlan Of(LogCheckpoint checkpoint, IReadOnlyList<FoundFrame> found)
    {
        long trusted = checkpoint.RecoveryPoint;
        bool isCut = false;
        long logStart = checkpoint.LogStartOffset;
        var frames = new List<(FoundFrame, long)>();
        foreach (FoundFrame frame in found)
        {
            if (frame.Frame.Sequence <= checkpoint.AppliedSequence) continue;
            frames.Add((frame, long.MaxValue));
            switch (frame.Frame.Kind)
            {
                case FrameKind.Truncate:
                    if (frame.Frame.Offset <= trusted) (trusted, isCut) = (frame.Frame.Offset, true);
                    logStart = Math.Min(logStart, frame.Frame.Offset);
                    break;
                case FrameKind.SegmentsSynced:
                    if (frame.Frame.Offset > trusted) (trusted, isCut) = (frame.Frame.Offset, false);
                    break;
                case FrameKind.LogStart:
                    logStart = Math.Max(logStart, frame.Frame.Offset);
                    break;
            }
        }

        long voidFrom = long.MaxValue;
        for (int i = frames.Count - 1; i >= 0; i--)
        {
            FoundFrame frame = frames[i].Item1;
            frames[i] = (frame, voidFrom);
            if (frame.Frame.Kind == FrameKind.Truncate) voidFrom = Math.Min(voidFrom, frame.Frame.Offset);
        }

        return new ReplayPlan(trusted, isCut, logStart, frames);
    }
}
