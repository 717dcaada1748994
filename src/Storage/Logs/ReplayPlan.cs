using Gateway.Storage.Journal;

namespace Gateway.Storage.Logs;

/// <summary>What the journal frames of one log mean together, before the first is applied.</summary>
/// <param name="TrustedOffset">
/// Everything below it is durable in the segments as it finally was. A truncation lowers it: what was promised behind the cut need not be
/// there any more, and the file may or may not have been cut.
/// </param>
/// <param name="LogStartOffset">The first offset that can be read, in the end.</param>
/// <param name="Frames">The frames the checkpoint does not have, each with the lowest cut that comes after it: what it appended from there on is void.</param>
internal sealed record ReplayPlan(long TrustedOffset, long LogStartOffset, IReadOnlyList<(FoundFrame Frame, long VoidFrom)> Frames)
{
    internal static ReplayPlan Of(LogCheckpoint checkpoint, IReadOnlyList<FoundFrame> found)
    {
        long trusted = checkpoint.RecoveryPoint;
        long logStart = checkpoint.LogStartOffset;
        var frames = new List<(FoundFrame, long)>();
        foreach (FoundFrame frame in found)
        {
            if (frame.Frame.Sequence <= checkpoint.AppliedSequence) continue;
            frames.Add((frame, long.MaxValue));
            switch (frame.Frame.Kind)
            {
                case FrameKind.Truncate:
                    trusted = Math.Min(trusted, frame.Frame.Offset);
                    logStart = Math.Min(logStart, frame.Frame.Offset);
                    break;
                case FrameKind.SegmentsSynced:
                    trusted = Math.Max(trusted, frame.Frame.Offset);
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

        return new ReplayPlan(trusted, logStart, frames);
    }
}
