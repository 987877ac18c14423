namespace Cluster.Cli;

/// <summary>Files with secrets in them.</summary>
internal static class KeyFile
{
    /// <summary>Makes a new file that its owner alone can read. One that exists may hold the only copy of a key: it is never replaced.</summary>
    /// <param name="path">Where.</param>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
