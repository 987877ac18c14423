using System.Globalization;
using System.Reflection;

namespace Cluster.Silo.Storage.Schema;

/// <summary>The steps that this build knows: the files <c>Storage/Migrations/NNNN_name.sql</c>, embedded.</summary>
public static class MigrationCatalog
{
    private const string Folder = ".Storage.Migrations.";
    private const string Extension = ".sql";

    /// <summary>The steps of this build, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Load(typeof(MigrationCatalog).Assembly);

    /// <summary>Puts steps in order.</summary>
    /// <param name="migrations">In any order.</param>
    /// <exception cref="SchemaException">Versions do not run from 1 without gaps or repetitions.</exception>
    public static IReadOnlyList<Migration> Order(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(migration => migration.Version).ToArray();
        for (var i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].Version != i + 1)
            {
                throw new SchemaException(
                    $"Migration {ordered[i].Name} stands where number {i + 1:0000} is due: migrations are numbered from 0001 without gaps or repetitions.");
            }
        }

        return ordered;
    }

    private static IReadOnlyList<Migration> Load(Assembly assembly) =>
        Order(assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal) && resource.EndsWith(Extension, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource)));

    private static Migration Read(Assembly assembly, string resource)
    {
        var start = resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length;
        var name = resource[start..^Extension.Length];
        if (!int.TryParse(name.AsSpan(0, Math.Min(4, name.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new SchemaException($"Migration {name} has no number: name it NNNN_{name}.");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(version, name, reader.ReadToEnd());
    }
}
