namespace Cluster.Tests.Support;

/// <summary>Where the checkout is that the tests were built from.</summary>
internal static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(Find);

    public static string Combine(params string[] parts) => Path.Combine([Found.Value, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Cluster.sln in or above {AppContext.BaseDirectory}");
    }
}
