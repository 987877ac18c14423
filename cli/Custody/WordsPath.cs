using System.CommandLine;
using System.Security.Cryptography;
using Cluster.Solana;

namespace Cluster.Cli.Custody;

/// <summary>Which of the keys that words stand for is meant.</summary>
internal sealed class WordsPath
{
    private const string None = "none";

    /// <summary><c>--account</c></summary>
    public Option<uint> Account { get; } = new("--account")
    {
        Description = "Which account of the words, as Phantom counts them from 0: the path m/44'/501'/account'/0'.",
        DefaultValueFactory = _ => 0,
    };

    /// <summary><c>--path</c></summary>
    public Option<string?> Path { get; } = new("--path")
    {
        Description = "Another path, for example m/44'/501'; none for the key that solana-keygen makes without one.",
    };

    /// <summary><c>--passphrase-file</c></summary>
    public Option<string?> Passphrase { get; } = SecretInput.File("--passphrase-file", "the passphrase of the words (BIP-39)");

    /// <summary>The path, for people and for the wallet's row; empty where the key has none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">It is none.</exception>
    public string Text(ParseResult parsed) => Indexes(parsed) is { } path ? Slip10.Format(path) : "";

    /// <summary>The key.</summary>
    /// <param name="words">The words.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The path is none.</exception>
    public async Task<SigningKey> Derive(Mnemonic words, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = Indexes(parsed);
        var passphrase = parsed.GetValue(Passphrase) is { } file ? await SecretInput.Read(file, cancellationToken) : "";
        var seed = GC.AllocateArray<byte>(Mnemonic.SeedSize, pinned: true);
        try
        {
            words.CopySeedTo(passphrase, seed);
            return path is null ? SigningKey.FromSeed(seed.AsSpan(0, SigningKey.SeedSize)) : Slip10.Derive(seed, path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private uint[]? Indexes(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(Path) switch
            {
                null => DerivationPath.OfAccount(parsed.GetValue(Account)),
                None => null,
                { } path => DerivationPath.Parse(path),
            };
        }
        catch (FormatException error)
        {
            throw new CommandException(error.Message, ExitCode.Usage);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new CommandException($"account {parsed.GetValue(Account)} is not below 2^31", ExitCode.Usage);
        }
    }
}
