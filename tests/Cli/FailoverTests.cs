using System.CommandLine;
using System.Diagnostics;
using Cluster.Cli;
using Cluster.Cli.Campaigns;
using Cluster.Cli.Connection;
using Cluster.Grpc;
using Cluster.Tests.Gateway;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Xunit;
using Call = Cluster.Silo.Hosting.Call;
using ClusterException = Cluster.Silo.Hosting.ClusterException;
using Refusal = Cluster.Silo.Hosting.StatusCode;
using RpcException = Cluster.Grpc.RpcException;

namespace Cluster.Tests.Cli;

/// <summary>A real gateway with two ways to it, of which the first dies in the middle of a call.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(1));
    private GatewayUnderTest _gateway = null!;
    private TcpRelay _first = null!;
    private TcpRelay _second = null!;
    private ClusterClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayUnderTest.Start();
        (_first, _second) = (new TcpRelay(_gateway.GrpcAddress), new TcpRelay(_gateway.GrpcAddress));
        _client = new ClusterClient([_first.Address, _second.Address], _gateway.AdministratorKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _gateway.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task A_call_whose_gateway_dies_before_it_answers_is_made_again_at_the_next_under_the_same_request_id()
    {
        _gateway.Operations.Answer = async (_, _, call) =>
        {
            if (Calls<TransferRequest>().Count > 1)
            {
                return new Transfer { TransferId = "paid" };
            }

            _first.Die();
            await Task.Delay(Timeout.Infinite, call.Cancellation);
            throw new UnreachableException();
        };

        var transfer = await _client.Call<Transfer>(new TransferRequest { RequestId = "salary", WalletId = "a" }, _patience.Token);

        Assert.Equal("paid", transfer.TransferId);
        Assert.Equal(["salary", "salary"], Calls<TransferRequest>().Select(request => request.RequestId));
    }

    [Fact]
    public async Task A_gateway_that_is_away_from_the_start_is_passed_over_and_not_asked_again()
    {
        _first.Die();

        await _client.Call<Wallet>(new GetWalletRequest { WalletId = "a" }, _patience.Token);
        await _client.Call<Wallet>(new GetWalletRequest { WalletId = "a" }, _patience.Token);

        Assert.Equal(1, _second.Connections);
    }

    [Fact]
    public async Task A_gateway_that_answers_unavailable_is_left_for_the_next()
    {
        _gateway.Operations.Answer = (method, _, _) => Calls<GetWalletRequest>().Count > 1
            ? Task.FromResult(StubOperations.Empty(method))
            : throw new ClusterException(Refusal.Unavailable, "the gateway stops");

        await _client.Call<Wallet>(new GetWalletRequest { WalletId = "a" }, _patience.Token);

        Assert.Equal((1, 1), (_first.Connections, _second.Connections));
    }

    [Fact]
    public async Task A_refusal_is_an_answer()
    {
        _gateway.Operations.Answer = (_, _, _) => throw new ClusterException(Refusal.FailedPrecondition, "insufficient funds");

        var error = await Assert.ThrowsAsync<RpcException>(() => _client.Call<Transfer>(new TransferRequest { RequestId = "salary" }, _patience.Token));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Single(Calls<TransferRequest>());
    }

    [Theory]
    [InlineData(Refusal.DeadlineExceeded, "the deadline passed")]
    [InlineData(Refusal.Internal, "internal error")]
    public async Task A_payment_of_which_nobody_knows_whether_it_was_made_is_told_with_the_id_that_makes_it_again_without_paying_twice(
        Refusal status, string message)
    {
        _gateway.Operations.Answer = (_, _, _) => throw new ClusterException(status, message);

        var error = await Assert.ThrowsAsync<CommandException>(() => _client.Call<Transfer>(new TransferRequest { RequestId = "salary" }, _patience.Token));

        Assert.Equal($"{message}; whether it was done is not known; to make it again without doing it twice: --request-id salary", error.Message);
        Assert.Equal(10 + (int)status, error.Code);
    }

    [Fact]
    public async Task A_payment_that_a_person_interrupts_is_told_with_its_id_too()
    {
        using var interruption = new CancellationTokenSource();
        _gateway.Operations.Answer = async (_, _, call) =>
        {
            await interruption.CancelAsync();
            await Task.Delay(Timeout.Infinite, call.Cancellation);
            throw new UnreachableException();
        };

        var error = await Assert.ThrowsAsync<CommandException>(() => _client.Call<Transfer>(new TransferRequest { RequestId = "salary" }, interruption.Token));

        Assert.EndsWith("--request-id salary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_goes_on_at_the_next_gateway()
    {
        _gateway.Operations.Answers = (_, _, call) => Calls<WatchCampaignRequest>().Count > 1
            ? Replies(new Campaign { State = CampaignState.Running }, new Campaign { State = CampaignState.Completed })
            : RepliesWithoutEnd(call, new Campaign { State = CampaignState.Running });

        var states = new List<CampaignState>();
        await foreach (var campaign in _client.Follow<Campaign>(new WatchCampaignRequest { CampaignId = "drop" }, _patience.Token))
        {
            states.Add(campaign.State);
            _first.Die();
        }

        Assert.Equal([CampaignState.Running, CampaignState.Running, CampaignState.Completed], states);
    }

    [Fact]
    public async Task A_report_that_broke_off_goes_on_without_a_row_twice_or_a_row_missing()
    {
        _gateway.Operations.Answers = (_, _, call) => Calls<ReportCampaignRequest>().Count > 1
            ? Replies(Rows(1, 2), Rows(3, 4), Rows(5))
            : RepliesWithoutEnd(call, Rows(1, 2), Rows(3));

        var lines = new List<ulong>();
        await foreach (var row in CampaignReport.Rows(_client, "drop", _patience.Token))
        {
            lines.Add(row.Line);
            if (row.Line == 3)
            {
                _first.Die();
            }
        }

        Assert.Equal([1UL, 2, 3, 4, 5], lines);
        Assert.Equal(2, Calls<ReportCampaignRequest>().Count);
    }

    [Fact]
    public async Task An_upload_that_broke_off_is_begun_again_at_the_next_gateway_under_the_same_request_id()
    {
        await _client.Upload<UploadRecipientsRequest, UploadReport>(Parts, _patience.Token);

        var arrived = Calls<UploadRecipientsRequest>();
        var last = arrived.FindLastIndex(part => part.Header is not null);
        Assert.Equal("upload", arrived[last].Header.RequestId);
        Assert.Equal([1UL, 2, 3], arrived.Skip(last + 1).SelectMany(part => part.Rows.Rows).Select(row => row.Line));
        Assert.Equal(1, _second.Connections);
    }

    [Fact]
    public async Task A_file_is_sent_again_from_its_beginning_and_what_can_be_read_only_once_is_not_sent_again()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-upload-");
        var file = new FileInfo(Path.Combine(folder.FullName, "recipients.csv"));
        var pipe = new FileInfo(Path.Combine(folder.FullName, "pipe"));
        await File.WriteAllTextAsync(file.FullName, "address,base_units\na,1\nb,2\n");
        using (var mkfifo = Process.Start("mkfifo", [pipe.FullName]))
        {
            await mkfifo.WaitForExitAsync();
        }

        // The first way is dead: each upload begins there, and again at the second.
        _first.Die();
        var writing = Task.Run(() => File.WriteAllText(pipe.FullName, "address,base_units\na,1\n"));
        var refusal = await Assert.ThrowsAsync<CommandException>(() => RecipientsUpload.Send(_client, "drop", pipe, AmountUnit.BaseUnits, "once", _patience.Token));
        await writing;
        await using var anew = new ClusterClient([_first.Address, _second.Address], _gateway.AdministratorKey);
        await RecipientsUpload.Send(anew, "drop", file, AmountUnit.BaseUnits, "upload", _patience.Token);

        Assert.Equal("the upload broke off, and pipe can be read only once; upload again with --request-id once", refusal.Message);
        Assert.Equal(["a", "b"], Calls<UploadRecipientsRequest>().Where(part => part.Rows is not null).SelectMany(part => part.Rows.Rows).Select(row => row.Address));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Several_gateways_are_given_with_commas_and_a_wrong_one_is_named()
    {
        var root = new RootCommand { ConnectionOptions.Server };

        Assert.Equal(
            [new Uri("http://127.0.0.1:5000"), new Uri("https://b.example:5001")],
            root.Parse(["--server", "http://127.0.0.1:5000, https://b.example:5001,http://127.0.0.1:5000"]).GetValue(ConnectionOptions.Server)!);
        Assert.Equal(
            "the address 'b:5001' is no URL; http://127.0.0.1:5000 would be one",
            Assert.Single(root.Parse(["--server", "http://127.0.0.1:5000,b:5001"]).Errors).Message);
        Assert.Single(root.Parse(["--server", "http://127.0.0.1:5000,"]).Errors);
    }

    private List<T> Calls<T>()
    {
        lock (_gateway.Operations.Received)
        {
            return [.. _gateway.Operations.Received.Select(received => received.Request).OfType<T>()];
        }
    }

    private static IAsyncEnumerable<IMessage> Replies(params IMessage[] replies) => replies.ToAsyncEnumerable();

    private static async IAsyncEnumerable<IMessage> RepliesWithoutEnd(Call call, params IMessage[] replies)
    {
        foreach (var reply in replies)
        {
            yield return reply;
        }

        await Task.Delay(Timeout.Infinite, call.Cancellation);
    }

    private async IAsyncEnumerable<UploadRecipientsRequest> Parts()
    {
        yield return new() { Header = new UploadHeader { RequestId = "upload", CampaignId = "drop", Unit = AmountUnit.BaseUnits } };
        yield return Row(1);
        if (_second.Connections == 0)
        {
            _first.Die();
        }

        await Task.Yield();
        yield return Row(2);
        yield return Row(3);
    }

    private static UploadRecipientsRequest Row(ulong line)
    {
        var rows = new RecipientRows();
        rows.Rows.Add(new RecipientRow { Line = line });
        return new() { Rows = rows };
    }

    private static ReportRows Rows(params ulong[] lines)
    {
        var rows = new ReportRows();
        rows.Rows.Add(lines.Select(line => new ReportRow { Line = line }));
        return rows;
    }
}
