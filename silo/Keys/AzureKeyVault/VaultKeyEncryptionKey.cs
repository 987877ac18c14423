namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>One version of a key in a vault. The vault wraps and unwraps; the key itself never leaves it.</summary>
/// <param name="client">Reaches the vault.</param>
/// <param name="id">With the version.</param>
/// <param name="version">The version alone.</param>
internal sealed class VaultKeyEncryptionKey(KeyVaultClient client, string id, string version) : IKeyEncryptionKey
{
    private const int MaxWrapped = 1_024;

    private readonly SharedUnwraps _unwraps = new();

    /// <summary>By which the version wraps; learned once.</summary>
    private string? _algorithm;

    public string Id => id;

    /// <summary>Takes over what the vault said of this version.</summary>
    public VaultKeyEncryptionKey Learn(VaultKey described)
    {
        _algorithm = described.Algorithm;
        return this;
    }

    public async ValueTask<byte[]> Wrap(ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken) =>
        await client.Transform(
            "wrapkey",
            version,
            await Algorithm(cancellationToken),
            dataKey,
            reply =>
            {
                var wrapped = new byte[MaxWrapped];
                var length = KeyOperationJson.ReadValue(reply.Span, wrapped);
                return length > dataKey.Length ? wrapped[..length] : throw new KeyException($"The vault's reply to wrapkey of {id} cannot be read.");
            },
            cancellationToken);

    public ValueTask Unwrap(ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, CancellationToken cancellationToken) =>
        _unwraps.Run(wrapped, dataKey, (destination, stop) => AskToUnwrap(wrapped, destination, stop), cancellationToken);

    /// <summary>The id alone.</summary>
    public override string ToString() => id;

    private async Task AskToUnwrap(ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, CancellationToken cancellationToken) =>
        await client.Transform(
            "unwrapkey",
            version,
            await Algorithm(cancellationToken),
            wrapped,
            reply => KeyOperationJson.ReadValue(reply.Span, dataKey.Span) == dataKey.Length
                ? true
                : throw new KeyException($"What {id} unwrapped is no data key of {dataKey.Length} bytes: it was not wrapped here, or it is damaged."),
            cancellationToken);

    private async ValueTask<string> Algorithm(CancellationToken cancellationToken) =>
        _algorithm ??= (await client.GetVersion(version, cancellationToken)).Algorithm;
}
