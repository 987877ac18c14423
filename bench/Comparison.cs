namespace Cluster.Bench;

/// <summary>Two rates measured in turn, five times each, so that a machine whose speed drifts misleads neither.</summary>
/// <param name="Ratio">Median of the pairs' ratios.</param>
/// <param name="Ours">Median of ours, a second.</param>
/// <param name="Theirs">Median of the reference's, a second.</param>
internal sealed record Comparison(double Ratio, double Ours, double Theirs)
{
    /// <summary>How often each is measured.</summary>
    public const int Rounds = 5;

    /// <summary>Measures; the first pair warms up and is not counted.</summary>
    /// <param name="ours">Gives a rate.</param>
    /// <param name="theirs">Gives the reference's rate.</param>
    public static async Task<Comparison> Of(Func<Task<double>> ours, Func<Task<double>> theirs)
    {
        await theirs();
        await ours();
        var pairs = new List<(double Ours, double Theirs)>();
        for (var round = 0; round < Rounds; round++)
        {
            var reference = await theirs();
            pairs.Add((await ours(), reference));
        }

        return new(
            Median(pairs.Select(pair => pair.Ours / pair.Theirs)),
            Median(pairs.Select(pair => pair.Ours)),
            Median(pairs.Select(pair => pair.Theirs)));
    }

    /// <summary>As a row of the table.</summary>
    /// <param name="atLeast">The ratio that must be reached.</param>
    /// <param name="unit">Of the rates, for example <c>accounts/s</c>.</param>
    public Measurement Row(double atLeast, string unit) =>
        new($"{Ratio:N2} ×", $"{Ours:N0} {unit} beside {Theirs:N0}", Ratio >= atLeast);

    /// <summary>The middle value.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
