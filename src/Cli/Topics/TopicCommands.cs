using System.CommandLine;
using Gateway.Cli.Connections;

namespace Gateway.Cli.Topics;

/// <summary><c>gateway topic …</c>.</summary>
internal static class TopicCommands
{
    public static Command Create(ClientOptionSet options) => new("topic", "Create, look at, fill and read topics.")
    {
        TopicCreate.Create(options),
        TopicList.Create(options),
        TopicDescribe.Create(options),
        TopicAlterConfig.Create(options),
        TopicAddPartitions.Create(options),
        TopicDelete.Create(options),
        TopicProduce.Create(options),
        TopicConsume.Create(options),
    };
}
