using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Silo.Hosting.Contracts;

/// <summary>What kind of thing an rpc needs its permissions on.</summary>
public enum ResourceKind
{
    /// <summary>All there is: the rpc names neither a wallet nor a campaign.</summary>
    Everything,

    /// <summary>Anything: the rpc itself looks on what.</summary>
    Anything,

    /// <summary>The wallet that the field names.</summary>
    Wallet,

    /// <summary>The wallet that pays for the campaign that the field names.</summary>
    Campaign,
}

/// <summary>The request's field that names what an rpc is about, as its options say; read once.</summary>
public sealed class ResourceField
{
    private const string Anything = "*";

    private readonly IFieldAccessor[] _path;

    private ResourceField(ResourceKind kind, IFieldAccessor[] path, bool isMissing = false)
    {
        Kind = kind;
        _path = path;
        IsMissing = isMissing;
    }

    /// <summary>What the field names.</summary>
    public ResourceKind Kind { get; }

    /// <summary>Whether the options name a field that the request lacks.</summary>
    internal bool IsMissing { get; }

    /// <summary>The id of the wallet or campaign; empty where the request names none.</summary>
    /// <param name="request">A request of the rpc.</param>
    public string IdOf(IMessage request)
    {
        object? value = request;
        foreach (var field in _path)
        {
            value = value is IMessage message ? field.GetValue(message) : null;
        }

        return value as string ?? "";
    }

    /// <summary>Follows a path of fields.</summary>
    internal static ResourceField Read(MessageDescriptor request, string path)
    {
        if (path is "" or Anything)
        {
            return new ResourceField(path.Length == 0 ? ResourceKind.Everything : ResourceKind.Anything, []);
        }

        var names = path.Split('.');
        var accessors = new List<IFieldAccessor>();
        MessageDescriptor? type = request;
        foreach (var name in names)
        {
            var isLast = accessors.Count == names.Length - 1;
            var field = type?.FindFieldByName(name);
            if (field is null || field.IsRepeated || field.FieldType != (isLast ? FieldType.String : FieldType.Message))
            {
                return new ResourceField(ResourceKind.Everything, [], isMissing: true);
            }

            accessors.Add(field.Accessor);
            type = isLast ? null : field.MessageType;
        }

        return new ResourceField(KindOf(names[^1]), [.. accessors]);
    }

    private static ResourceKind KindOf(string field) =>
        field.EndsWith("wallet_id", StringComparison.Ordinal) ? ResourceKind.Wallet
        : field.EndsWith("campaign_id", StringComparison.Ordinal) ? ResourceKind.Campaign
        : ResourceKind.Everything;
}
