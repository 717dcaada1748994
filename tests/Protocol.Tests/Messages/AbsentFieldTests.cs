using System.Collections;
using Gateway.Protocol.Tests.Model;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Messages;

/// <summary>A value that a version has no field for is dropped when Kafka says it may be, and refused otherwise.</summary>
public class AbsentFieldTests
{
    [Fact]
    public void A_value_the_version_cannot_carry_is_refused_unless_it_is_ignorable()
    {
        var filler = new ModelFiller(new Random(7));
        int dropped = 0, refused = 0;
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            foreach ((object holder, WireField field, IKafkaMessage root) in AbsentFields(message, version))
            {
                byte[] without = RoundTripTests.Written(root, version);
                field.Property.SetValue(holder, filler.NotDefault(field, field.From));
                if (field.Attribute.Ignorable)
                {
                    Assert.Equal(without, RoundTripTests.Written(root, version));
                    dropped++;
                }
                else
                {
                    ProtocolException refusal = Assert.Throws<ProtocolException>(() => RoundTripTests.Written(root, version));
                    Assert.Equal(ProtocolFault.FieldNotInVersion, refusal.Fault);
                    Assert.Contains(field.Name, refusal.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }
        Assert.True(dropped > 100 && refused > 100, $"{dropped} dropped, {refused} refused");
    }

    [Fact]
    public void Null_is_refused_where_the_version_forbids_it()
    {
        int refused = 0;
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            foreach (WireField field in message.Fields.Where(f => f.IsIn(version) && !f.Property.PropertyType.IsValueType && !f.MayBeNull(version)))
            {
                if (field.IsTagged || (field.Fields is not null && !field.IsList)) continue;
                IKafkaMessage root = message.New();
                field.Property.SetValue(root, null);
                ProtocolException refusal = Assert.Throws<ProtocolException>(() => RoundTripTests.Written(root, version));
                Assert.Equal(ProtocolFault.NullNotAllowed, refusal.Fault);
                refused++;
            }
        }
        Assert.True(refused > 100, $"{refused} refused");
    }

    /// <summary>Every field that is not in the version, in a fresh message that holds one element of each list on the way to it.</summary>
    private static IEnumerable<(object Holder, WireField Field, IKafkaMessage Root)> AbsentFields(WireMessage message, short version)
    {
        foreach (WireField[] path in Paths(message.Fields, version))
        {
            IKafkaMessage root = message.New();
            object holder = root;
            foreach (WireField step in path[..^1])
            {
                object next = Activator.CreateInstance(step.ElementType)!;
                if (step.IsList) ((IList)step.Property.GetValue(holder)!).Add(next);
                else step.Property.SetValue(holder, next);
                holder = next;
            }
            yield return (holder, path[^1], root);
        }
    }

    private static IEnumerable<WireField[]> Paths(IReadOnlyList<WireField> fields, short version)
    {
        foreach (WireField field in fields)
        {
            if (!field.IsIn(version)) yield return [field];
            else foreach (WireField[] rest in field.Fields is null ? [] : Paths(field.Fields, version)) yield return [field, .. rest];
        }
    }
}
