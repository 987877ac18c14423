using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>What a gateway calls: every public rpc by its descriptor, whoever answers it.</summary>
public abstract class OperationsConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    private static readonly ServiceDescriptor Probes = ProbesReflection.Descriptor.Services[0];

    [Fact]
    public async Task Internal_services_are_not_offered()
    {
        var host = await Start();
        Assert.Equal(
            ["AddToTotal", "GetTotal", "ListTotals", "WatchTotal", "UploadAmounts"],
            host.Operations.Methods.Select(method => method.Name));
    }

    [Fact]
    public async Task A_unary_rpc_reaches_its_grain_or_its_query_handler()
    {
        var host = await Start();
        var added = await host.Operations.Unary(
            Rpc("AddToTotal"), new AddToTotalRequest { ProbeId = "a", Amount = 5, RequestId = "r-1" }, NewCall());
        var listed = await host.Operations.Unary(Rpc("ListTotals"), new ListTotalsRequest(), NewCall());

        Assert.Equal(new Total { ProbeId = "a", Total_ = 5 }, added);
        Assert.Equal(new ListTotalsReply { Totals = { (Total)added } }, listed);
    }

    [Fact]
    public async Task A_server_stream_gives_what_there_is_and_then_its_error()
    {
        var host = await Start();
        await Add(host, "a", 5);
        var totals = new List<IMessage>();
        var reading = async () =>
        {
            await foreach (var total in host.Operations.ServerStream(Rpc("WatchTotal"), new WatchTotalRequest { ProbeId = "a", Times = 3 }, NewCall()))
            {
                totals.Add(total);
            }
        };

        await Refused(StatusCode.OutOfRange, reading());
        Assert.Equal(3, totals.Count);
    }

    [Fact]
    public async Task A_server_stream_ends_when_its_caller_gives_up()
    {
        var host = await Start();
        using var source = new CancellationTokenSource();
        var reading = async () =>
        {
            var call = NewCall() with { Cancellation = source.Token };
            await foreach (var _ in host.Operations.ServerStream(Rpc("WatchTotal"), new WatchTotalRequest { ProbeId = "a", Times = int.MaxValue }, call))
            {
                await source.CancelAsync();
            }
        };

        await Refused(StatusCode.Cancelled, reading());
    }

    [Fact]
    public async Task A_client_stream_is_read_to_its_end_before_it_is_answered()
    {
        var host = await Start();
        var reply = await host.Operations.ClientStream(Rpc("UploadAmounts"), Amounts(1, 2, 3), NewCall());
        Assert.Equal(6, ((Total)reply).Total_);
    }

    [Fact]
    public async Task An_rpc_that_is_not_of_the_contract_is_unimplemented()
    {
        var host = await Start();
        var foreign = Cluster.V1.WalletsReflection.Descriptor.Services[0].Methods[0];
        await Refused(StatusCode.Unimplemented, Task.Run(() => host.Operations.Unary(foreign, new Cluster.V1.CreateWalletRequest(), NewCall())));
    }

    private static MethodDescriptor Rpc(string name) => Probes.FindMethodByName(name);

    private static async IAsyncEnumerable<IMessage> Amounts(params int[] amounts)
    {
        foreach (var amount in amounts)
        {
            await Task.Yield();
            yield return new UploadAmountsRequest { Amount = amount };
        }
    }
}
