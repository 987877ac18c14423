using Cluster.Grpc;

namespace Cluster.Cli.Connection;

/// <summary>Asks for the code of an authenticator where the cluster says that one is needed.</summary>
internal sealed class SecondFactorPrompt
{
    /// <summary>The header that takes the code, and by which the cluster asks for it.</summary>
    public const string Header = "x-second-factor";

    /// <summary>A code for a script, used once. A code is never an argument: arguments are there for every user to read.</summary>
    private const string Variable = "CLUSTER_SECOND_FACTOR";

    /// <summary>After which a person looks for another way.</summary>
    private const int MaxQuestions = 3;

    private int _asked;

    /// <summary>Whether a call failed for want of a code.</summary>
    /// <param name="error">How it failed.</param>
    public static bool IsAskedBy(RpcException error) => error.Trailers.GetText(Header) is not null;

    /// <summary>The next code to try; null where nobody can give one.</summary>
    /// <param name="reason">What the cluster says.</param>
    public string? Ask(string reason)
    {
        if (_asked++ == 0 && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } code)
        {
            return code;
        }

        if (_asked > MaxQuestions || Console.IsInputRedirected)
        {
            return null;
        }

        Console.Error.WriteLine(reason);
        Console.Error.Write("code: ");
        return Console.ReadLine()?.Trim() is { Length: > 0 } typed ? typed : null;
    }
}
