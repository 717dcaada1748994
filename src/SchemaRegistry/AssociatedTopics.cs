using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry;

/// <summary>
/// Holds associations against the topics there are: on the cluster the registry itself is on, they are made for topics that exist, under their ids,
/// and go when the topics go. What is said of other clusters is taken as it is said.
/// </summary>
internal sealed class AssociatedTopics(RegistryService service, ISchemaTopic topic, ILogger logger)
{
    private HashSet<(string Name, string Id)> _missing = [];

    /// <summary>The request with the cluster and the topic's id filled in where it leaves them open.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isTrial">Whether nothing will be written: then the topic need not be there yet.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SchemaTopicException">The cluster does not answer.</exception>
    public async ValueTask<Outcome<AssociationRequest>> BindAsync(AssociationRequest request, bool isTrial, CancellationToken cancel)
    {
        var clusterId = await topic.ClusterIdAsync(cancel).ConfigureAwait(false);
        if (request.ResourceNamespace is "" or Association.Any)
        {
            if (clusterId.Length == 0) return RegistryFault.InvalidAssociation("resourceNamespace", "must be given: this cluster does not tell its id");
            request = request with { ResourceNamespace = clusterId };
        }
        // A topic that is gone can still be untied.
        if (request.OnlyDeletes && request.ResourceId.Length > 0) return request;
        if (request.ResourceNamespace == clusterId)
        {
            var id = await topic.TopicIdAsync(request.ResourceName, cancel).ConfigureAwait(false);
            if (id is null && !isTrial) return RegistryFault.InvalidAssociation("resourceName", $"'{request.ResourceName}' is no topic of this cluster");
            if (id is { Length: > 0 })
            {
                if (request.ResourceId.Length > 0 && request.ResourceId != id)
                    return RegistryFault.InvalidAssociation("resourceId", $"is not the id of the topic '{request.ResourceName}', which is '{id}'");
                request = request with { ResourceId = id };
                if (!isTrial) await ForgetFormerAsync(request, cancel).ConfigureAwait(false);
            }
        }
        return isTrial || request.ResourceId.Length > 0 ? request : RegistryFault.InvalidAssociation("resourceId", "must be given");
    }

    /// <summary>
    /// Removes the associations of this cluster's topics that are gone. One that is missed for the first time is left until the next sweep: brokers
    /// can be behind each other in what topics they know.
    /// </summary>
    /// <exception cref="SchemaTopicException">The cluster does not answer; nothing was concluded from that.</exception>
    public async Task SweepAsync(CancellationToken cancel)
    {
        if (!service.IsReady || service.Image.Associations.Count == 0) return;
        var clusterId = await topic.ClusterIdAsync(cancel).ConfigureAwait(false);
        if (clusterId.Length == 0) return;
        var missing = new HashSet<(string Name, string Id)>();
        var resources = service.Image.Associations.All.Where(association => association.Key.ResourceNamespace == clusterId && association.ResourceId.Length > 0)
            .Select(association => (association.Key.ResourceName, association.ResourceId)).Distinct().ToList();
        foreach (var (name, id) in resources)
        {
            var now = await topic.TopicIdAsync(name, cancel).ConfigureAwait(false);
            if (now is not null && (now.Length == 0 || now == id)) continue;
            if (_missing.Contains((name, id))) await ForgetAsync(clusterId, name, id, cancel).ConfigureAwait(false);
            else missing.Add((name, id));
        }
        _missing = missing;
    }

    /// <summary>A topic that was deleted and made again is another one.</summary>
    private async ValueTask ForgetFormerAsync(AssociationRequest request, CancellationToken cancel)
    {
        var former = service.Image.Associations.OfResource(request.ResourceNamespace, request.ResourceName)
            .Select(association => association.ResourceId).Where(id => id != request.ResourceId).Distinct().ToList();
        foreach (var id in former) await ForgetAsync(request.ResourceNamespace, request.ResourceName, id, cancel).ConfigureAwait(false);
    }

    private async ValueTask ForgetAsync(string clusterId, string name, string id, CancellationToken cancel)
    {
        var outcome = await service.WriteAsync(image => Outcome.Of(Dissociating.Forget(image, clusterId, name, id)), cancel).ConfigureAwait(false);
        if (outcome.Fault is { } fault) throw new SchemaTopicException(fault.Message);
        RegistryLog.TopicGone(logger, name, id);
    }
}
