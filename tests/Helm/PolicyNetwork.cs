using System.Net;
using System.Text.Json.Nodes;

namespace Cluster.Tests.Helm;

/// <summary>Who may reach whom under the network policies of a rendering.</summary>
/// <remarks>
/// https://kubernetes.io/docs/concepts/services-networking/network-policies/: a pod that a policy of a direction selects
/// may do in that direction what any of its policies allows, and nothing else; any other pod may do everything.
/// </remarks>
internal sealed class PolicyNetwork(RenderedChart chart)
{
    private readonly IReadOnlyList<JsonNode> _policies = [.. chart.OfKind("NetworkPolicy").Select(policy => policy["spec"]!)];

    /// <summary>Whether a connection is let out at one end and in at the other.</summary>
    public bool Allows(Place from, Place to, int port, string protocol = "TCP") =>
        Lets(from, "Egress", "egress", "to", to, port, protocol) && LetsIn(from, to, port, protocol);

    /// <summary>Whether a connection is let in, whatever holds where it comes from.</summary>
    public bool LetsIn(Place from, Place to, int port, string protocol = "TCP") =>
        Lets(to, "Ingress", "ingress", "from", from, port, protocol);

    private bool Lets(Place pod, string direction, string rules, string peers, Place other, int port, string protocol)
    {
        if (pod.Labels is null || pod.NamespaceLabels is not null)
        {
            return true;
        }

        var applying = _policies
            .Where(policy => policy["policyTypes"].Items().Any(type => type.ToString() == direction) && Selector.Matches(policy["podSelector"], pod.Labels))
            .ToList();
        return applying.Count == 0 || applying.SelectMany(policy => policy[rules].Items()).Any(rule => IsOpen(rule, peers, other, port, protocol));
    }

    private static bool IsOpen(JsonNode rule, string peers, Place other, int port, string protocol) =>
        (rule["ports"] is null || rule["ports"].Items().Any(open => open.Text("protocol") == protocol && open.Number("port") == port))
        && (rule[peers] is null || rule[peers].Items().Any(peer => Means(peer, other)));

    private static bool Means(JsonNode peer, Place place)
    {
        if (peer["ipBlock"] is { } block)
        {
            return place.Address is { } address
                && IPNetwork.Parse(block.Text("cidr")).Contains(address)
                && !block["except"].Items().Any(hole => IPNetwork.Parse(hole.ToString()).Contains(address));
        }

        var sameNamespace = peer["namespaceSelector"] is null
            ? place.NamespaceLabels is null
            : place.NamespaceLabels is { } labels && Selector.Matches(peer["namespaceSelector"], labels);
        return place.Labels is not null && sameNamespace && Selector.Matches(peer["podSelector"], place.Labels);
    }
}

/// <summary>One end of a connection.</summary>
/// <param name="Labels">Of a pod; null of an address outside.</param>
/// <param name="NamespaceLabels">Of a pod's namespace, where it is not the release's own.</param>
/// <param name="Address">Outside.</param>
internal sealed record Place(IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, string>? NamespaceLabels = null, IPAddress? Address = null)
{
    public static Place Of(PodTemplate pod) => new(pod.Labels);

    /// <summary>A pod of the release's namespace that is none of the chart's.</summary>
    public static readonly Place Stranger = new(new Dictionary<string, string> { ["app"] = "stranger" });

    public static Place At(string address) => new(null, null, IPAddress.Parse(address));

    /// <summary>A pod of another namespace, which bears its name as Kubernetes labels it.</summary>
    public static Place In(string space, params (string Name, string Value)[] labels) => new(
        labels.ToDictionary(label => label.Name, label => label.Value),
        new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = space, [space] = "true" });
}
