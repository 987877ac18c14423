namespace Cluster.Solana;

/// <summary>
/// No configured endpoint can be used: none answers, or one serves another network. The message is for the operator and
/// names the setting to change.
/// </summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">What it came from.</param>
public sealed class SolanaStartException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
