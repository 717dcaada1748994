using Gateway.Broker.Configs;
using Gateway.Common.Errors;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>A topic somebody wants gone, by name or by id.</summary>
/// <param name="Name">Its name, or null.</param>
/// <param name="Id">Its id, or the zero id.</param>
public readonly record struct UnwantedTopic(string? Name, Guid Id);

/// <summary>What became of it.</summary>
/// <param name="Name">The name, as far as it is known.</param>
/// <param name="Id">The id, as far as it is known.</param>
/// <param name="Error">None when it is gone.</param>
/// <param name="Message">For people; null without an error.</param>
public sealed record DeletedTopic(string? Name, Guid Id, ErrorCode Error, string? Message);

/// <summary>Which topics may be deleted (kafka: DeleteTopics).</summary>
public static class DeleteTopics
{
    /// <summary>Judges each topic; the same topic twice, even once by name and once by id, is an invalid request.</summary>
    public static Decision<IReadOnlyList<DeletedTopic>> Decide(ClusterImage image, IReadOnlyList<UnwantedTopic> unwanted)
    {
        List<MetadataRecord> records = [];
        List<DeletedTopic> outcomes = [];
        bool allowed = image.Configs.BrokerBoolean(BrokerConfigs.DeleteTopicEnable);
        var seen = new Dictionary<UnwantedTopic, int>();
        foreach (UnwantedTopic asked in unwanted)
        {
            DeletedTopic outcome = Judge(image, asked, allowed, out TopicImage? topic);
            UnwantedTopic key = topic is null ? asked : new UnwantedTopic(topic.Name, topic.Id);
            if (seen.TryGetValue(key, out int first))
            {
                outcomes[first] = outcomes[first] with { Error = ErrorCode.InvalidRequest, Message = "Topic stands more than once in the request" };
                records.RemoveAll(r => topic is not null && r is TopicDeleted deleted && deleted.TopicId == topic.Id);
                continue;
            }
            seen.Add(key, outcomes.Count);
            outcomes.Add(outcome);
            if (outcome.Error == ErrorCode.None) records.Add(new TopicDeleted(topic!.Id));
        }
        return new Decision<IReadOnlyList<DeletedTopic>>(records, outcomes);
    }

    private static DeletedTopic Judge(ClusterImage image, UnwantedTopic asked, bool allowed, out TopicImage? topic)
    {
        topic = null;
        bool byName = asked.Name is not null;
        if (byName == (asked.Id != Guid.Empty))
            return new DeletedTopic(asked.Name, asked.Id, ErrorCode.InvalidRequest, "Give either the topic's name or its id");
        if (!(byName ? image.TryGetTopic(asked.Name!, out topic) : image.TryGetTopic(asked.Id, out topic)))
        {
            return byName
                ? new DeletedTopic(asked.Name, Guid.Empty, ErrorCode.UnknownTopicOrPartition, "This server does not host this topic")
                : new DeletedTopic(null, asked.Id, ErrorCode.UnknownTopicId, "This server does not host this topic id");
        }
        return allowed
            ? new DeletedTopic(topic.Name, topic.Id, ErrorCode.None, null)
            : new DeletedTopic(topic.Name, topic.Id, ErrorCode.TopicDeletionDisabled, "Topic deletion is switched off (delete.topic.enable)");
    }
}
