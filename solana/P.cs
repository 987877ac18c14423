namespace Cluster.Solana; internal static class Placeholder;
