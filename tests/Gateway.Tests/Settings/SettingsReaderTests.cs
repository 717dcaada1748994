using Gateway.Common.Ids;
using Gateway.Settings;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Settings;

public sealed class SettingsReaderTests : IDisposable
{
    private static readonly Dictionary<string, Func<string, string?>> BrokerSettings = new()
    {
        ["num.partitions"] = text => int.TryParse(text, out _) ? null : $"'{text}' is not a number",
        ["auto.create.topics.enable"] = _ => null,
    };

    private static readonly Dictionary<string, Func<string, string?>> RegistrySettings = new()
    {
        ["schema.registry.mode.mutability"] = text => text is "true" or "false" ? null : $"'{text}' is no truth",
    };

    private static readonly Dictionary<string, Func<string, string?>> ProxySettings = new()
    {
        ["http.proxy.max.streams"] = text => int.TryParse(text, out _) ? null : $"'{text}' is no number of streams",
    };

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Without_any_layer_the_defaults_hold()
    {
        GatewaySettings settings = Reader().Read();
        Assert.Equal("./gateway-data", settings.DataDirectory);
        Assert.Equal(new HostAndPort("127.0.0.1", 9092), settings.KafkaAddress);
        Assert.Equal(new HostAndPort("127.0.0.1", 8081), settings.SchemaRegistryAddress);
        Assert.Equal(new HostAndPort("127.0.0.1", 8082), settings.HttpProxyAddress);
        Assert.Equal(new HostAndPort("127.0.0.1", 9644), settings.AdminAddress);
        Assert.Equal(Environment.ProcessorCount, settings.Shards);
        Assert.Empty(settings.BrokerSettings);
    }

    [Fact]
    public void The_defaults_are_those_the_help_shows()
    {
        GatewaySettings settings = Reader().Read();
        Assert.Equal(SettingCatalog.DataDirectory.Default, settings.DataDirectory);
        Assert.Equal(SettingCatalog.KafkaAddress.Default, settings.KafkaAddress.ToString());
        Assert.Equal(SettingCatalog.SchemaRegistryAddress.Default, settings.SchemaRegistryAddress.ToString());
        Assert.Equal(SettingCatalog.HttpProxyAddress.Default, settings.HttpProxyAddress.ToString());
        Assert.Equal(SettingCatalog.AdminAddress.Default, settings.AdminAddress.ToString());
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Equal("info", SettingCatalog.LogLevel.Default);
    }

    [Fact]
    public void A_flag_beats_the_environment_which_beats_the_file()
    {
        File.WriteAllText(_file, "data-dir: from-file\nkafka-addr: 10.0.0.1:1\nadmin-addr: 10.0.0.1:2\n");
        GatewaySettings settings = Reader().AddFile(_file)
            .AddEnvironment(Variables(("GATEWAY_KAFKA_ADDR", "10.0.0.2:1"), ("GATEWAY_ADMIN_ADDR", "10.0.0.2:2")))
            .AddFlags(Variables(("admin-addr", "10.0.0.3:2"))).Read();
        Assert.Equal("from-file", settings.DataDirectory);
        Assert.Equal("10.0.0.2:1", settings.KafkaAddress.ToString());
        Assert.Equal("10.0.0.3:2", settings.AdminAddress.ToString());
    }

    [Fact]
    public void Broker_settings_keep_Kafkas_names_in_every_layer()
    {
        File.WriteAllText(_file, "num.partitions: 3\nauto.create.topics.enable: false\n");
        GatewaySettings settings = Reader().AddFile(_file).AddEnvironment(Variables(("GATEWAY_NUM_PARTITIONS", "5"))).AddAssignments(["auto.create.topics.enable=true"]).Read();
        Assert.Equal("5", settings.BrokerSettings["num.partitions"].Text);
        Assert.Equal("true", settings.BrokerSettings["auto.create.topics.enable"].Text);
    }

    [Fact]
    public void Settings_of_the_proxy_stand_beside_those_of_the_broker_in_every_layer()
    {
        File.WriteAllText(_file, "http.proxy.max.streams: 3\n");
        Assert.Equal("3", Reader().AddFile(_file).Read().ProxySettings["http.proxy.max.streams"].Text);
        SettingsReader reader = Reader().AddFile(_file).AddEnvironment(Variables(("GATEWAY_HTTP_PROXY_MAX_STREAMS", "5"))).AddAssignments(["num.partitions=2"]);
        GatewaySettings settings = reader.Read();
        Assert.Equal(("5", "2"), (Assert.Single(settings.ProxySettings).Value.Text, Assert.Single(settings.BrokerSettings).Value.Text));
        var e = Assert.Throws<SettingsException>(() => Reader().AddAssignments(["http.proxy.max.streams=many", "http.proxy.max_streams=1"]).Read());
        Assert.Equal(
            [
                "flag --set: 'many' is no number of streams",
                "flag --set: no setting is called 'http.proxy.max_streams'; did you mean 'http.proxy.max.streams'?",
            ],
            e.Problems);
    }

    [Fact]
    public void So_do_settings_of_the_registry()
    {
        File.WriteAllText(_file, "schema.registry.mode.mutability: true\n");
        SettingsReader reader = Reader().AddFile(_file).AddEnvironment(Variables(("GATEWAY_SCHEMA_REGISTRY_MODE_MUTABILITY", "false"))).AddAssignments(["http.proxy.max.streams=2"]);
        GatewaySettings settings = reader.Read();
        Assert.Equal(("false", "2"), (Assert.Single(settings.RegistrySettings).Value.Text, Assert.Single(settings.ProxySettings).Value.Text));
        var e = Assert.Throws<SettingsException>(() => Reader().AddAssignments(["schema.registry.mode.mutability=maybe", "schema.registry.mode_mutability=true"]).Read());
        Assert.Equal(
            [
                "flag --set: 'maybe' is no truth",
                "flag --set: no setting is called 'schema.registry.mode_mutability'; did you mean 'schema.registry.mode.mutability'?",
            ],
            e.Problems);
    }

    [Fact]
    public void Every_problem_is_reported_with_its_place()
    {
        File.WriteAllText(_file, "# a comment\nshards: many\nkafka_addr: 127.0.0.1:1\nnum.partitions: three\nadmin-addr:\n  host: x\n");
        var e = Assert.Throws<SettingsException>(() => Reader().AddFile(_file)
            .AddEnvironment(Variables(("GATEWAY_KAFAK_ADDR", "x"))).AddFlags(Variables(("http-proxy-addr", "nowhere"))).AddAssignments(["novalue"]).Read());
        string name = Path.GetFileName(_file);
        Assert.Equal(
            [
                $"{name}, line 5: admin-addr must be one value or a list of values",
                "environment variable GATEWAY_KAFAK_ADDR: no setting has this name; remove it or see 'gateway start --help'",
                "flag --set: 'novalue' is not of the form name=value",
                $"{name}, line 2: shards must be a number from 1 to 256, not 'many'",
                "flag --http-proxy-addr: http-proxy-addr must be host:port, for example 127.0.0.1:9092, not 'nowhere'",
                $"{name}, line 4: 'three' is not a number",
                $"{name}, line 3: no setting is called 'kafka_addr'; did you mean 'kafka-addr'?",
            ],
            e.Problems);
    }

    [Theory]
    [InlineData("a: [\n", "line 2")]
    [InlineData("a: 1\na: 2\n", "line 2")]
    [InlineData("- a\n- b\n", "line 1")]
    [InlineData("just text", "line 1")]
    public void A_file_that_is_no_list_of_names_and_values_is_refused_with_a_line(string yaml, string place)
    {
        File.WriteAllText(_file, yaml);
        var e = Assert.Throws<SettingsException>(() => Reader().AddFile(_file).Read());
        Assert.Contains(place, Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused()
    {
        var e = Assert.Throws<SettingsException>(() => Reader().AddFile("/nowhere/gateway.yaml").Read());
        Assert.StartsWith("/nowhere/gateway.yaml: the settings file cannot be read", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_may_be_yaml_lists()
    {
        File.WriteAllText(_file, "brokers: [a:1, b:2]\n");
        Assert.Equal([new HostAndPort("a", 1), new HostAndPort("b", 2)], Reader().AddFile(_file).Read().ExistingBrokers);
    }

    [Fact]
    public void Variables_of_the_client_commands_and_of_Kubernetes_are_not_ours()
    {
        GatewaySettings settings = Reader().AddEnvironment(Variables(
            ("GATEWAY_BROKERS", "x:1"), ("GATEWAY_SERVICE_HOST", "10.0.0.1"), ("GATEWAY_PORT", "tcp://10.0.0.1:80"), ("GATEWAY_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("GATEWAY_SERVICE_PORT_HTTP", "80"), ("PATH", "/bin"))).Read();
        Assert.Empty(settings.ExistingBrokers);
    }

    private static SettingsReader Reader() => new(BrokerSettings, RegistrySettings, ProxySettings);

    private static IEnumerable<KeyValuePair<string, string>> Variables(params (string Name, string Value)[] variables) =>
        variables.Select(v => KeyValuePair.Create(v.Name, v.Value));
}
