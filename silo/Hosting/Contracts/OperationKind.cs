namespace Cluster.Silo.Hosting.Contracts;

/// <summary>How many requests and replies an rpc has.</summary>
public enum OperationKind
{
    /// <summary>One request, one reply.</summary>
    Unary,

    /// <summary>One request, any number of replies.</summary>
    ServerStream,

    /// <summary>Any number of requests, one reply.</summary>
    ClientStream,

    /// <summary>Any number of both.</summary>
    BidirectionalStream,
}
