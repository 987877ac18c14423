using Cluster.Silo.Hosting.Contracts;
using Cluster.Tests.Silo.Hosting.BrokenContract;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.V1;
using Xunit;
using ContractOf = Cluster.Silo.Hosting.Contracts.Contract;

namespace Cluster.Tests.Silo.Hosting;

public sealed class ContractTests
{
    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_the_rpc_and_what_to_do()
    {
        var errors = ContractOf.Read([BrokenReflection.Descriptor]).Errors;

        Assert.Equal(7, errors.Count);
        AssertTold(errors, "Broken.MissingKeyField", "no single string field of that name");
        AssertTold(errors, "Broken.NumberAsKey", "no single string field of that name");
        AssertTold(errors, "Broken.NoRequestId", "no single string field request_id");
        AssertTold(errors, "Broken.NoPermission", "names no permission");
        AssertTold(errors, "Broken.StreamWithKey", "a grain answers unary rpcs only");
        AssertTold(errors, "Broken.SharedToo", "share the request");
        AssertTold(errors, "Homeless.KeyWithoutGrain", "has no option (cluster.v1.grain)");
        Assert.DoesNotContain(errors, error => error.Contains("cluster.tests.hosting.broken.Broken.Shared names"));
    }

    [Fact]
    public void The_contracts_of_the_cluster_are_sound_and_found_without_being_listed()
    {
        var contract = ContractOf.Read(ContractOf.FilesOf(typeof(CallOptions).Assembly));

        Assert.Empty(contract.Errors);
        Assert.Contains(contract.Operations, operation => operation.Path == "/cluster.v1.Wallets/Transfer");
        Assert.Contains(contract.Operations, operation => operation.Path == "/cluster.v1.Signers/SignMessages");
    }

    [Fact]
    public void An_operation_says_what_its_options_say()
    {
        var operations = ContractOf.Read([ProbesReflection.Descriptor]).Operations.ToDictionary(operation => operation.Name);

        var add = operations["AddToTotal"];
        var request = new AddToTotalRequest { ProbeId = "a", RequestId = "r-1" };
        Assert.Equal(("probe", "probe_id", Permission.ManageWallet), (add.GrainType, add.KeyField, add.Permission));
        Assert.Equal(("a", "r-1"), (add.KeyOf(request), add.RequestIdOf(request)));
        Assert.True(add is { HasRequestId: true, ReadOnly: false, Internal: false, SecondFactor: false, Kind: OperationKind.Unary });

        Assert.True(operations["GetTotal"] is { HasRequestId: false, ReadOnly: true });
        Assert.True(operations["Act"] is { HasRequestId: false, Internal: true, GrainType: "probe" });
        Assert.True(operations["ListTotals"] is { GrainType: null, Kind: OperationKind.Unary });
        Assert.Equal(OperationKind.ServerStream, operations["WatchTotal"].Kind);
        Assert.Equal(OperationKind.ClientStream, operations["UploadAmounts"].Kind);
    }

    private static void AssertTold(IReadOnlyList<string> errors, string rpc, string what) =>
        Assert.Contains(errors, error => error.Contains(rpc) && error.Contains(what));
}
