using Gateway.Admin;

namespace Gateway.Tests.Admin;

public sealed class OpenApiServersTests
{
    [Fact]
    public void The_servers_block_is_replaced_and_nothing_else()
    {
        const string document = "openapi: 3.0.3\nservers:\n  - url: http://old:1\n    description: old\n# note\n- odd\ntags: []\npaths:\n  /servers:\n    get: {}\n";
        Assert.Equal("openapi: 3.0.3\nservers:\n  - url: http://new:2\ntags: []\npaths:\n  /servers:\n    get: {}\n", OpenApiServers.Replace(document, "http://new:2"));
    }

    [Fact]
    public void A_document_without_servers_gets_one() =>
        Assert.Equal("openapi: 3.0.3\npaths: {}\nservers:\n  - url: http://new:2\n", OpenApiServers.Replace("openapi: 3.0.3\npaths: {}\n", "http://new:2"));
}
