namespace Cluster.Solana;

/// <summary>A transaction would exceed the network's limits: 1,232 bytes, or 64 accounts.</summary>
public sealed class TransactionTooLargeException : InvalidOperationException
{
    /// <summary>Says what exceeds which limit.</summary>
    public TransactionTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Says that a transaction exceeds its limits.</summary>
    public TransactionTooLargeException()
        : this($"the transaction exceeds {Transaction.MaxSize} bytes")
    {
    }

    /// <summary>Says what exceeds which limit, and why.</summary>
    public TransactionTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
