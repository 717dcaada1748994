using System.Globalization;
using System.Runtime.CompilerServices;
using Gateway.Common.Settings;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>Every option under the name operators know it by.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void The_guide_lists_every_setting_with_its_default()
    {
        IEnumerable<string> wanted = ProxySettings.All.Select(setting => $"| `{setting.Name}` | {setting.Default} | {setting.Description} |");
        IEnumerable<string> listed = Guide().Where(line => line.StartsWith("| `http.proxy.", StringComparison.Ordinal));
        Assert.Equal(wanted, listed);
    }

    [Fact]
    public void Every_value_reaches_an_option_of_its_own()
    {
        foreach (OptionSetting<ProxyOptions> setting in ProxySettings.All)
        {
            string other = setting.Default switch
            {
                "true" => "false",
                "false" => "true",
                "" => setting.Name switch
                {
                    "http.proxy.advertised.url" => "https://proxy.example/",
                    "http.proxy.profile" => "redpanda",
                    _ => "one",
                },
                { } text when char.IsAsciiDigit(text[0]) => More(text, 1),
                _ => "",
            };
            Assert.Null(setting.Problem(other));
            Assert.NotEqual(new ProxyOptions(), ProxySettings.Read([KeyValuePair.Create(setting.Name, other)]));
            // And its default is what holds without it.
            Assert.Equal(new ProxyOptions(), ProxySettings.Read([KeyValuePair.Create(setting.Name, setting.Default)]));
        }
        ProxyOptions all = ProxySettings.Read(ProxySettings.All.Select((setting, i) => KeyValuePair.Create(setting.Name, setting.Default switch
        {
            { Length: > 0 } text when char.IsAsciiDigit(text[0]) => More("2000000000", i),
            _ => setting.Default,
        })));
        long[] numbers = [.. typeof(ProxyOptions).GetProperties().Select(property => property.GetValue(all)).Select(value => value switch
        {
            int number => number,
            long number => number,
            TimeSpan time => (long)time.TotalMilliseconds,
            _ => -1L,
        }).Where(static number => number >= 0)];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        // None has been forgotten.
        Assert.All(numbers, static number => Assert.InRange(number, 2_000_000_000, int.MaxValue));
    }

    [Theory]
    [InlineData("http.proxy.max.request.bytes", "1023")]
    [InlineData("http.proxy.max.request.bytes", "-1")]
    [InlineData("http.proxy.max.request.bytes", "1e9")]
    [InlineData("http.proxy.max.request.bytes", "")]
    [InlineData("http.proxy.max.wait.ms", "0")]
    [InlineData("http.proxy.max.wait.ms", "99999999999")]
    [InlineData("http.proxy.max.requests.per.second", "1000001")]
    [InlineData("http.proxy.strict.media.types", "yes")]
    [InlineData("http.proxy.advertised.url", "proxy.example")]
    [InlineData("http.proxy.advertised.url", "ftp://proxy.example")]
    [InlineData("http.proxy.consumers.topic", "a topic")]
    [InlineData("http.proxy.id", "a\u0007b")]
    public void A_value_that_cannot_be_says_so_with_its_name(string name, string value)
    {
        string? problem = ProxySettings.All.Single(setting => setting.Name == name).Problem(value);
        Assert.StartsWith(name + " must be ", problem, StringComparison.Ordinal);
        Assert.EndsWith($"'{value}'", problem, StringComparison.Ordinal);
    }

    private static string More(string number, int by) => (long.Parse(number, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Guide([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "http.md"));
}
