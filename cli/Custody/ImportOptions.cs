using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Wallets;
using Cluster.V1;

namespace Cluster.Cli.Custody;

/// <summary>What is said of a wallet that is made of a key from outside.</summary>
/// <param name="kind">Its kind where none is given.</param>
internal sealed class ImportOptions(WalletKind kind)
{
    /// <summary>The wallet's id.</summary>
    public Argument<string> WalletId { get; } = WalletCommands.WalletId();

    private readonly Option<WalletKind> _kind = new("--kind")
    {
        Description = "project, user, treasury, imported or, below a parent, hot.",
        DefaultValueFactory = _ => kind,
    };

    private readonly Option<string> _label = new("--label") { Description = "Free text for people.", DefaultValueFactory = _ => "" };

    private readonly Option<string> _parent = new("--parent") { Description = "The wallet that it stands under.", DefaultValueFactory = _ => "" };

    /// <summary>A command with these options.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    public Command Command(string name, string description) => new(name, description) { WalletId, _kind, _label, _parent, Requests.Id };

    /// <summary>The request, but for the secret.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">At which the key was derived; empty where that is not known.</param>
    public ImportWalletRequest Request(ParseResult parsed, string path = "") => new()
    {
        RequestId = Requests.IdOf(parsed),
        WalletId = parsed.GetRequiredValue(WalletId),
        Kind = parsed.GetValue(_kind),
        Label = parsed.GetRequiredValue(_label),
        ParentWalletId = parsed.GetRequiredValue(_parent),
        DerivationPath = path,
    };
}
