using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cluster.Silo.Storage;

/// <summary>Collects the figures of an audit row into a JSON object. Amounts are written as strings, as in the API.</summary>
public sealed class AuditDetail
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _fields = [];

    /// <summary>Adds a text.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Never a secret.</param>
    public AuditDetail Add(string name, string value)
    {
        // PostgreSQL's jsonb holds every character but this one.
        _fields[name] = value.Replace("\0", "", StringComparison.Ordinal);
        return this;
    }

    /// <summary>Adds an amount in base units.</summary>
    /// <param name="name">The field.</param>
    /// <param name="baseUnits">The amount.</param>
    public AuditDetail Add(string name, ulong baseUnits) => Add(name, baseUnits.ToString());

    /// <summary>The JSON object.</summary>
    public override string ToString() => _fields.ToJsonString(Plain);
}
