using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf;

/// <summary>The model built from descriptors that protoc made.</summary>
public class LinkingTests
{
    private const string Proto2 = """
        syntax = "proto2";
        package a.b;
        message M {
          required int32 r = 1;
          optional string s = 2 [default = "x"];
          repeated int32 unpacked = 3;
          repeated int32 packed_ones = 4 [packed = true];
          optional group G = 5 { optional M inner = 1; }
          map<string, E> by_name = 6;
          oneof choice { int64 left = 7; bytes right = 8; }
          extensions 100 to 199;
          extend M { optional E ext = 100; }
          enum E { ZERO = 0; UN = 1; EINS = 1; option allow_alias = true; }
        }
        """;

    private const string Proto3 = """
        syntax = "proto3";
        import "google/protobuf/timestamp.proto";
        message M {
          string plain = 1;
          optional int32 maybe = 2;
          repeated sint32 many = 3;
          repeated sint32 loose = 4 [packed = false];
          google.protobuf.Timestamp when = 5;
          E e = 6 [json_name = "kind"];
          message N { message O {} }
        }
        enum E { ZERO = 0; }
        """;

    private const string Edition2023 = """
        edition = "2023";
        option features.field_presence = IMPLICIT;
        message M {
          int32 implicit = 1;
          int32 explicit = 2 [features.field_presence = EXPLICIT];
          int32 needed = 3 [features.field_presence = LEGACY_REQUIRED];
          repeated int32 loose = 4 [features.repeated_field_encoding = EXPANDED];
          M delimited = 5 [features.message_encoding = DELIMITED];
          string any_bytes = 6 [features.utf8_validation = NONE];
          map<int32, M> map = 7;
        }
        enum E { option features.enum_type = CLOSED; ONE = 1; }
        """;

    [Fact]
    public void Proto2_labels_groups_maps_and_oneofs()
    {
        var file = Protoc.Link(Proto2);
        var message = file.FindMessage("a.b.M")!;
        Assert.True(message.Find("r")!.IsRequired);
        var text = message.Find("s")!;
        Assert.Equal((ProtoKind.String, "x", true, false), (text.Kind, text.Default, text.HasPresence, text.ValidatesUtf8));
        Assert.False(message.Find("unpacked")!.IsPacked);
        Assert.True(message.FindByJsonName("packedOnes")!.IsPacked);
        var group = message.Find(5)!;
        Assert.Equal((ProtoKind.Message, true, "a.b.M.G"), (group.Kind, group.IsDelimited, group.MessageType!.FullName));
        var map = message.Find("by_name")!;
        Assert.True(map.IsMap);
        Assert.Equal("a.b.M.E", map.MessageType!.Find(2)!.EnumType!.FullName);
        Assert.Equal(["left", "right"], message.OneOfs.Single().Fields.Select(field => field.Name));
        Assert.Same(message, file.FindExtension(message, 100)!.ContainingType);
        Assert.Same(file.FindExtension("a.b.M.ext"), file.FindExtension(message, 100));
        var type = file.FindEnum("a.b.M.E")!;
        Assert.True(type.IsClosed);
        Assert.Equal("UN", type.Find(1)!.Name);
        Assert.Equal(1, type.Find("EINS")!.Number);
    }

    [Fact]
    public void Proto3_presence_packing_and_indexes()
    {
        var file = Protoc.Link(Proto3);
        var message = file.Messages[0];
        Assert.False(message.Find("plain")!.HasPresence);
        Assert.True(message.Find("plain")!.ValidatesUtf8);
        Assert.True(message.Find("maybe")!.HasPresence);
        Assert.True(message.Find("maybe")!.OneOf!.IsSynthetic);
        Assert.True(message.Find("many")!.IsPacked);
        Assert.False(message.Find("loose")!.IsPacked);
        Assert.Equal("google.protobuf.Timestamp", message.Find("when")!.MessageType!.FullName);
        Assert.Same(message.Find("e"), message.FindByJsonName("kind"));
        Assert.Same(message.Find("e"), message.FindByJsonName("e"));
        Assert.False(message.Find("e")!.EnumType!.IsClosed);
        Assert.Equal("M.N.O", file.FindMessage([0, 0, 0])!.FullName);
        Assert.Equal([0, 0, 0], file.FindMessage("M.N.O")!.Indexes);
        Assert.Null(file.FindMessage([0, 1]));
    }

    [Fact]
    public void Edition_features_are_inherited_and_overridden()
    {
        var file = Protoc.Link(Edition2023);
        var message = file.Messages[0];
        Assert.False(message.Find("implicit")!.HasPresence);
        Assert.True(message.Find("explicit")!.HasPresence);
        Assert.True(message.Find("needed")!.IsRequired);
        Assert.False(message.Find("loose")!.IsPacked);
        Assert.True(message.Find("delimited")!.IsDelimited);
        Assert.False(message.Find("any_bytes")!.ValidatesUtf8);
        Assert.False(message.Find("map")!.IsDelimited);
        Assert.True(file.Enums[0].IsClosed);
    }

    [Fact]
    public void A_type_nobody_defines_is_an_error()
    {
        var file = new FileDescriptorProto { Name = "x.proto", Syntax = "proto3" };
        var field = new FieldDescriptorProto { Name = "f", Number = 1, TypeName = "Nowhere" };
        file.MessageType.Add(new DescriptorProto { Name = "M", Field = { field } });
        Assert.Null(ProtoLinker.Link([file], SchemaBudget.Default, out var error));
        Assert.Contains("\"Nowhere\" is not defined", error!.Message, StringComparison.Ordinal);
    }
}
