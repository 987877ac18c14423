using System.CommandLine;
using Cluster.Cli.Keys;
using Cluster.Silo.Keys.Local;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class GenerateKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_generated_key_is_one_that_the_cluster_takes_and_its_owner_alone_can_read()
    {
        var (first, second) = (Path.Combine(_folder, "first"), Path.Combine(_folder, "second"));

        await Generate(first);
        await Generate(second);

        using var key = KeyEncryptionKeyText.Parse(await File.ReadAllTextAsync(first), "test");
        using var other = KeyEncryptionKeyText.Parse(await File.ReadAllTextAsync(second), "test");
        Assert.False(key.Span.SequenceEqual(other.Span));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(first));
    }

    [Fact]
    public async Task A_file_that_exists_is_never_replaced()
    {
        var file = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(file, "the only copy");

        await Assert.ThrowsAsync<IOException>(() => Generate(file));

        Assert.Equal("the only copy", await File.ReadAllTextAsync(file));
    }

    private static Task<int> Generate(string file) => KeysCommands.Create()
        .Parse(["generate", "--out", file])
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
