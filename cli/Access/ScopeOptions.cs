using System.CommandLine;
using Cluster.V1;

namespace Cluster.Cli.Access;

/// <summary>On what: <c>--everything</c>, <c>--project</c> or <c>--wallet</c>, exactly one of them.</summary>
internal sealed class ScopeOptions
{
    /// <summary><c>--everything</c></summary>
    public Option<bool> Everything { get; } = new("--everything") { Description = "On all there is." };

    /// <summary><c>--project</c></summary>
    public Option<string?> Project { get; } = new("--project") { Description = "On this wallet and all below it." };

    /// <summary><c>--wallet</c></summary>
    public Option<string?> Wallet { get; } = new("--wallet") { Description = "On this wallet alone." };

    /// <summary>For people.</summary>
    /// <param name="scope">From a reply.</param>
    public static string Describe(Scope? scope) => scope?.Kind switch
    {
        ScopeKind.Project => $"project {scope.Id}",
        ScopeKind.Wallet => $"wallet {scope.Id}",
        _ => "everything",
    };

    /// <summary>What the command line says.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">Not exactly one was given.</exception>
    public Scope Read(ParseResult parsed) => (parsed.GetValue(Everything), parsed.GetValue(Project), parsed.GetValue(Wallet)) switch
    {
        (true, null, null) => new Scope { Kind = ScopeKind.Everything },
        (false, { } project, null) => new Scope { Kind = ScopeKind.Project, Id = project },
        (false, null, { } wallet) => new Scope { Kind = ScopeKind.Wallet, Id = wallet },
        _ => throw new CommandException("say on what: --everything, --project WALLET or --wallet WALLET, one of them", ExitCode.Usage),
    };
}
