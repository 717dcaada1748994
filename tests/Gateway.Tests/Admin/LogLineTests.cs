using Gateway.Logging;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Admin;

public sealed class LogLineTests
{
    [Fact]
    public void An_event_is_one_line_whatever_it_holds()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);
        string line = LogLine.Format(time, LogLevel.Warning, "Gateway.Storage", "first\r\nsecond", new IOException("disk\nfull"));
        Assert.Equal("2026-01-02T03:04:05.006Z warn  Gateway.Storage: first | second | System.IO.IOException: disk | full", line);
    }
}
