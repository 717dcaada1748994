using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Descriptors whose names are more than names: nothing of them is stored.</summary>
public class DescriptorTests
{
    [Theory]
    [InlineData("a..b")]
    [InlineData("p\";option x=\"")]
    [InlineData("p;\nmessage Z{string s=1;}\n//")]
    public async Task A_package_that_is_no_name_is_refused_and_not_stored(string package)
    {
        await using var server = await RegistryServer.StartAsync();
        var file = new FileDescriptorProto { Name = "x.proto", Syntax = "proto3", Package = package, MessageType = { new DescriptorProto { Name = "M" } } };
        var body = RegistryServer.Body(Convert.ToBase64String(file.ToByteArray()), ""","schemaType":"PROTOBUF" """);
        var answer = await server.PostAsync("/subjects/s/versions", body);
        Assert.Equal((422, 42201), (answer.Status, answer.Json.GetProperty("error_code").GetInt32()));
        Assert.Contains("is not a name, nor names with single dots between them", answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        (await server.GetAsync("/subjects")).Is("[]");
        (await server.GetAsync("/schemas")).Is("[]");
        file.Package = "p";
        var good = RegistryServer.Body(Convert.ToBase64String(file.ToByteArray()), ""","schemaType":"PROTOBUF" """);
        Assert.Equal(1, (await server.PostAsync("/subjects/s/versions", good)).Json.GetProperty("id").GetInt32());
    }
}
