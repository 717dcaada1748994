using Gateway.Broker.Coordinators.Groups;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>
/// A seeded random life of groups: whatever happens, what a replay of the log gives is what is there, for offsets at any time and
/// for members whenever no rebalance is under way.
/// </summary>
public class ReplayTests
{
    private const int Seeds = 60;
    private const int Steps = 250;

    [Fact]
    public void Live_state_equals_replayed_state()
    {
        int compared = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using var life = new RandomLife(seed);
            for (int step = 0; step < Steps; step++)
            {
                life.Step();
                compared += Compare(life.Groups, seed, step);
            }
            life.Groups.Advance(2_000_000);
            compared += Compare(life.Groups, seed, Steps);
        }
        Assert.True(compared > Seeds * Steps / 10, $"Only {compared} settled groups were compared");
    }

    private static int Compare(GroupsUnderTest live, int seed, int step)
    {
        var replayed = new GroupStore();
        live.Log.Records.ForEach(replayed.Apply);
        int settled = 0;
        foreach (ClassicGroup group in live.Partition.Store.Groups)
        {
            ClassicGroup? again = replayed.Find(group.Id);
            string where = $"seed {seed}, step {step}, group {group.Id}";
            Assert.True(Offsets(group) == (again is null ? "" : Offsets(again)), where);
            if (group.State is not (GroupState.Empty or GroupState.Stable) || !group.IsStored) continue;
            Assert.NotNull(again);
            Assert.True(Members(group) == Members(again), $"{where}:\nlive     {Members(group)}\nreplayed {Members(again)}");
            settled++;
        }
        Assert.All(replayed.Groups, group => Assert.NotNull(live.Partition.Store.Find(group.Id)));
        return settled;
    }

    private static string Offsets(ClassicGroup group) =>
        string.Join(' ', group.Offsets.OrderBy(o => o.Key.Topic, StringComparer.Ordinal).Select(o => $"{o.Key}={o.Value}"));

    private static string Members(ClassicGroup group) =>
        $"{group.State} {group.Generation} {group.ProtocolType} {group.Protocol} leader={group.LeaderId} since={group.StateTimestampMs} "
        + string.Join(' ', group.Members.Select(m =>
            $"{m.Id}/{m.InstanceId}/{m.SessionTimeoutMs}/{m.RebalanceTimeoutMs}/"
            + $"{Convert.ToHexString(m.MetadataFor(group.Protocol))}/{Convert.ToHexString(m.Assignment)}"));

    private sealed class RandomLife(int seed) : IDisposable
    {
        private static readonly string[] Names = ["a", "b"];
        private readonly Random _random = new(seed);
        private readonly List<(string Group, Call<JoinGroupResponse> Join)> _joins = [];

        public GroupsUnderTest Groups { get; } = new() { Settings = new() { InitialRebalanceDelayMs = 200 } };

        public void Step()
        {
            string group = Names[_random.Next(Names.Length)];
            switch (_random.Next(10))
            {
                case 0 or 1: JoinNew(group); break;
                case 2: JoinStatic(group); break;
                case 3 or 4: SyncAll(); break;
                case 5: LeaveOrRejoin(); break;
                case 6: CommitFrom(group); break;
                case 7: Groups.Advance(_random.Next(5_000)); break;
                case 8: Groups.Advance(_random.Next(300)); break;
                default: Rare(group); break;
            }
        }

        public void Dispose() => Groups.Dispose();

        private void JoinNew(string group)
        {
            JoinGroupRequest request = Requests.Join(group, metadata: Metadata(), protocols: Protocols());
            request.MemberId = Groups.Join(request).MemberId;
            _joins.Add((group, Groups.StartJoin(request)));
        }

        private void JoinStatic(string group)
        {
            JoinGroupRequest request = Requests.Join(group, instance: $"i{_random.Next(2)}", metadata: Metadata(), protocols: Protocols());
            _joins.Add((group, Groups.StartJoin(request, (short)_random.Next(5, 10))));
        }

        private void SyncAll()
        {
            foreach ((string group, Call<JoinGroupResponse> join) in _joins.Where(j => j.Join.IsCompleted))
            {
                SyncGroupRequest sync = Requests.Sync(join.Result, [.. join.Result.Members.Select(m => m.MemberId)]);
                sync.GroupId = group;
                Groups.StartSync(sync);
            }
        }

        private void LeaveOrRejoin()
        {
            if (_joins.Count == 0) return;
            (string group, Call<JoinGroupResponse> join) = _joins[_random.Next(_joins.Count)];
            if (!join.IsCompleted) return;
            if (_random.Next(2) == 0) Groups.Leave(join.Result.MemberId, group: group);
            else _joins.Add((group, Groups.StartJoin(Requests.Join(group, join.Result.MemberId, metadata: Metadata(), protocols: Protocols()))));
        }

        private void CommitFrom(string group)
        {
            if (_joins.FindLast(j => j.Group == group && j.Join.IsCompleted) is { Join: { } join })
                Groups.Commit($"t{_random.Next(3)}", _random.Next(1000), join.Result.GenerationId, join.Result.MemberId, group);
            Groups.Commit($"t{_random.Next(3)}", _random.Next(1000), group: group, retentionMs: _random.Next(2) == 0 ? -1 : 60_000);
        }

        private void Rare(string group)
        {
            switch (_random.Next(4))
            {
                case 0: Groups.Ask(p => p.DeleteAsync(group)); break;
                case 1: Groups.Advance(700_000); break;
                case 2:
                    Groups.GoneTopics.Add("t1");
                    Groups.Run(() => Groups.Partition.DropOffsetsOfGoneTopics());
                    Groups.GoneTopics.Clear();
                    break;
                default: _joins.RemoveAll(j => j.Join.IsCompleted); break;
            }
        }

        private string Metadata() => _random.Next(3) == 0 ? $"m{_random.Next(5)}" : "m";

        private string[] Protocols() => _random.Next(4) == 0 ? ["sticky", "range"] : ["range"];
    }
}
