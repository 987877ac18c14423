using System.CommandLine;

namespace Cluster.Cli.Completion;

/// <summary><c>cluster completion bash</c></summary>
internal static class CompletionCommand
{
    /// <summary>Asks the program itself (System.CommandLine's suggest directive), so that it never falls behind the commands.</summary>
    private const string Bash = """
        _cluster() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(cluster "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _cluster cluster
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var bash = new Command("bash", "For ~/.bashrc: source <(cluster completion bash)");
        bash.SetAction(_ => Console.Out.WriteLine(Bash));
        return new("completion", "Print a completion script for a shell.") { bash };
    }
}
