using System.Reflection;
using System.Xml.Linq;

namespace Gateway.Architecture;

public sealed class LayeringTests
{
    [Fact]
    public void Every_room_stands_in_the_table() =>
        Assert.Equal(RoomTable.Allowed.Keys.Order(StringComparer.Ordinal), SourceTree.Rooms);

    [Fact]
    public void Project_references_follow_the_table()
    {
        foreach (string room in SourceTree.Rooms)
        {
            XDocument project = XDocument.Load(Path.Combine(SourceTree.Root, "src", room, room + ".csproj"));
            IEnumerable<string> references = project.Descendants("ProjectReference")
                .Where(r => (string?)r.Attribute("OutputItemType") != "Analyzer")
                .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
            Assert.True(!references.Except(RoomTable.Allowed[room]).Any(), $"{room} references {string.Join(", ", references.Except(RoomTable.Allowed[room]))}");
        }
    }

    [Fact]
    public void Assemblies_use_only_what_the_table_allows()
    {
        foreach (string room in SourceTree.Rooms.Where(r => r != "Protocol.Generator"))
        {
            Assembly assembly = Assembly.Load(room == "Gateway" ? "gateway" : "Gateway." + room);
            IEnumerable<string> used = assembly.GetReferencedAssemblies().Select(a => a.Name!)
                .Where(name => name.StartsWith("Gateway.", StringComparison.Ordinal)).Select(name => name["Gateway.".Length..]);
            Assert.True(!used.Except(RoomTable.Allowed[room]).Any(), $"{room} uses {string.Join(", ", used.Except(RoomTable.Allowed[room]))}");
        }
    }

    [Fact]
    public void Only_the_HTTP_rooms_the_bench_and_the_executable_know_the_web_framework()
    {
        string[] web = ["SchemaRegistry", "HttpProxy", "Bench", "Gateway"];
        foreach (string room in SourceTree.Rooms.Except(web).Where(r => r != "Protocol.Generator"))
        {
            IEnumerable<string> used = Assembly.Load("Gateway." + room).GetReferencedAssemblies().Select(a => a.Name!);
            Assert.DoesNotContain(used, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Lower_folders_of_the_broker_do_not_use_upper_ones()
    {
        IReadOnlyList<string> order = RoomTable.BrokerFolders;
        for (int lower = 1; lower < order.Count; lower++) AssertNotUsed(order[lower], order.Take(lower));
    }

    [Fact]
    public void The_brokers_transport_stands_apart()
    {
        AssertNotUsed(RoomTable.BrokerTransport, RoomTable.BrokerFolders);
        foreach (string folder in RoomTable.BrokerFolders.Except(RoomTable.UsersOfBrokerTransport)) AssertNotUsed(folder, [RoomTable.BrokerTransport]);
    }

    private static void AssertNotUsed(string folder, IEnumerable<string> others)
    {
        string[] files = [.. SourceTree.CSharpFiles(Path.Combine("src", "Broker", folder))];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (string other in others)
                Assert.False(text.Contains($"Gateway.Broker.{other}", StringComparison.Ordinal), $"{SourceTree.Relative(file)} uses {other}");
        }
    }
}
