using System.Security.Cryptography;
using System.Text;

namespace Cluster.Silo.Storage.Schema;

/// <summary>One numbered step of the schema. Once released, a step never changes; the next change is the next step.</summary>
/// <param name="Version">From 1, without gaps.</param>
/// <param name="Name">File name without extension, for example <c>0001_foundation</c>.</param>
/// <param name="Sql">Statements; they run in one transaction.</param>
public sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the statements, line ends as LF, so that a checkout's line ends do not matter.</summary>
    public ReadOnlyMemory<byte> Checksum =>
        SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n")));
}
