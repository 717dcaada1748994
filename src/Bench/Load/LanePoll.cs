using System.Runtime.InteropServices;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Load;

/// <summary>A lane with one request in flight whose answers can be waited for together with others'.</summary>
internal interface IPolledLane
{
    /// <summary>The descriptor that becomes readable when an answer comes.</summary>
    int Descriptor { get; }
}

/// <summary>
/// Paced lanes with one request in flight each, served by one thread that waits for the next moment and for all answers at once. Client and
/// server share the machine here: two threads for each connection would wake each other for every request, which takes the server's time, and
/// a lane that was late once would stay late, whatever the server does.
/// </summary>
/// <param name="lanes">The lanes; all of them are <see cref="IPolledLane"/>.</param>
/// <param name="schedule">When they send.</param>
/// <param name="drain">How long after the end answers are waited for.</param>
internal sealed unsafe partial class LanePoll(IReadOnlyList<Lane> lanes, LoadSchedule schedule, TimeSpan drain)
{
    private const int StackBytes = 256 * 1024, SetTimerSlack = 29;
    private const short Readable = 1;

    // Beyond, to look at all lanes each time takes longer than a second thread costs.
    private const int MostLanes = 64;

    /// <summary>Whether these lanes can be served so: on Linux, for the waits are shorter than a millisecond.</summary>
    public static bool Serves(IReadOnlyList<Lane> lanes, LoadSchedule schedule) =>
        OperatingSystem.IsLinux() && schedule.IsPaced && lanes.All(static lane => lane is IPolledLane);

    /// <summary>Begins to send.</summary>
    public static void Start(IReadOnlyList<Lane> lanes, LoadSchedule schedule, TimeSpan drain)
    {
        foreach (Lane[] part in lanes.Chunk(MostLanes))
        {
            var poll = new LanePoll(part, schedule, drain);
            var thread = new Thread(poll.Loop, StackBytes) { Name = "load", IsBackground = true };
            foreach (Lane lane in part) lane.StartShared(schedule, thread);
            thread.Start();
        }
    }

    private void Loop()
    {
        _ = SetOption(SetTimerSlack, 1, 0, 0, 0);
        long end = schedule.End + (long)(drain.TotalSeconds * 1e9);
        PollEntry* entries = stackalloc PollEntry[MostLanes];
        Span<int> waiting = stackalloc int[MostLanes];
        while (true)
        {
            int count = 0;
            long next = long.MaxValue;
            for (int i = 0; i < lanes.Count; i++)
            {
                Lane lane = lanes[i];
                if (!lane.IsWaiting && lane.NextMoment is var moment && moment < long.MaxValue)
                {
                    if (moment <= Clock.Now) lane.Step();
                    else next = Math.Min(next, moment);
                }
                if (!lane.IsWaiting) continue;
                entries[count] = new PollEntry(((IPolledLane)lane).Descriptor, Readable);
                waiting[count++] = i;
            }
            if (count == 0 && next == long.MaxValue) break;
            long left = Math.Min(next, end) - Clock.Now;
            if (left <= 0 && next > end) break;
            var until = new TimeSpec { Seconds = Math.Max(0, left) / 1_000_000_000, Nanoseconds = Math.Max(0, left) % 1_000_000_000 };
            if (Poll(entries, (nuint)count, &until, null) <= 0) continue;
            for (int i = 0; i < count; i++)
                if (entries[i].Returned != 0) lanes[waiting[i]].Step();
        }
        foreach (Lane lane in lanes) lane.End();
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(PollEntry* entries, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetOption(int option, nuint value, nuint second, nuint third, nuint fourth);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct PollEntry(int descriptor, short events)
    {
        private readonly int _descriptor = descriptor;
        private readonly short _events = events;

        /// <summary>What the kernel found; it writes here.</summary>
        public short Returned { get; }
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
