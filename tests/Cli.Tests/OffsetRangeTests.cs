using System.Globalization;
using Gateway.Cli.Records;

namespace Gateway.Cli.Tests;

public sealed class OffsetRangeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture);
    private static readonly long NowMs = Now.ToUnixTimeMilliseconds();

    public static TheoryData<string, OffsetBound, OffsetBound?> Ranges() => new()
    {
        { "start", OffsetBound.Start, null },
        { "end", OffsetBound.End, null },
        { ":end", OffsetBound.Start, OffsetBound.End },
        { "+5", new(OffsetBoundKind.AfterStart, 5), null },
        { "-10", new(OffsetBoundKind.BeforeEnd, 10), null },
        { "-10:end", new(OffsetBoundKind.BeforeEnd, 10), OffsetBound.End },
        { "7", new(OffsetBoundKind.Exact, 7), null },
        { "7:", new(OffsetBoundKind.Exact, 7), null },
        { ":7", OffsetBound.Start, new(OffsetBoundKind.Exact, 7) },
        { "3:9", new(OffsetBoundKind.Exact, 3), new(OffsetBoundKind.Exact, 9) },
        { "@1700000000000", new(OffsetBoundKind.Time, 1700000000000), null },
        { "@1700000000", new(OffsetBoundKind.Time, 1700000000000), null },
        { "@1700000000000:end", new(OffsetBoundKind.Time, 1700000000000), OffsetBound.End },
        { "@:1700000000000", OffsetBound.Start, new(OffsetBoundKind.Time, 1700000000000) },
        { "@2026-01-01", new(OffsetBoundKind.Time, 1767225600000), null },
        { "@2026-01-01T00:00:01Z:2026-01-01T00:00:02Z", new(OffsetBoundKind.Time, 1767225601000), new(OffsetBoundKind.Time, 1767225602000) },
        { "@-1h", new(OffsetBoundKind.Time, NowMs - 3_600_000), null },
        { "@1700000000000:1m3ms", new(OffsetBoundKind.Time, 1700000000000), new(OffsetBoundKind.Time, 1700000060003) },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Every_form_of_a_range_is_read(string text, OffsetBound from, OffsetBound? to) =>
        Assert.Equal(new OffsetRange(from, to), OffsetRange.Parse(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("begin")]
    [InlineData("1:x")]
    [InlineData("--3")]
    [InlineData("@yesterday")]
    [InlineData("@1h")]
    [InlineData("99999999999999999999")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => OffsetRange.Parse(text, Now));
}
