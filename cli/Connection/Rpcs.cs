using System.Collections.Frozen;
using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Cli.Connection;

/// <summary>The rpcs of the contracts by their requests' messages.</summary>
internal static class Rpcs
{
    private static readonly FrozenDictionary<string, MethodDescriptor> ByRequest =
        new[]
        {
            WalletsReflection.Descriptor,
            CustodyReflection.Descriptor,
            ColdReflection.Descriptor,
            TreasuriesReflection.Descriptor,
            CampaignsReflection.Descriptor,
            AccessReflection.Descriptor,
            ApiKeysReflection.Descriptor,
            SecondFactorsReflection.Descriptor,
            LimitsReflection.Descriptor,
            AuditReflection.Descriptor,
            KeysReflection.Descriptor,
        }
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .ToFrozenDictionary(method => method.InputType.FullName);

    /// <summary>The rpc that takes a message.</summary>
    /// <param name="request">The message's descriptor.</param>
    public static MethodDescriptor Of(MessageDescriptor request) => ByRequest[request.FullName];
}
