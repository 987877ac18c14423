using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Cluster.Gateway.Configuration;

/// <summary>The PostgreSQL that keeps the books.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>As Npgsql takes it: <c>Host=…;Port=…;Username=…;Password=…;Database=…</c>.</summary>
    [Required]
    [DataType(DataType.Password)]
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections to PostgreSQL at most; it takes 100 from all clients together unless told otherwise.</summary>
    [Range(4, 1_000)]
    public int MaxConnections { get; set; } = 40;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? defect = null;
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            defect = ConnectionString.Length > 0 && string.IsNullOrEmpty(parsed.Host) ? "must name a Host" : null;
        }
        catch (ArgumentException)
        {
            // The parser's own message repeats parts of the text, which may be the password.
            defect = "must be a connection string as Npgsql takes it: Host=…;Port=…;Username=…;Password=…;Database=…";
        }

        if (defect is not null)
        {
            yield return new ValidationResult(defect, [nameof(ConnectionString)]);
        }
    }
}
