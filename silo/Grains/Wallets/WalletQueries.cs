using System.Globalization;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Lists of wallets and of their payments, from PostgreSQL.</summary>
/// <param name="wallets">Wallets.</param>
/// <param name="transfers">Their payments.</param>
internal sealed class WalletQueries(WalletStore wallets, TransferStore transfers)
{
    private static readonly WalletKind[] AllButLanes =
        [.. Enum.GetValues<WalletKind>().Except([WalletKind.Unspecified, WalletKind.Lane])];

    /// <summary>Wallets in order of id.</summary>
    /// <param name="request">Which page, and which kind.</param>
    /// <param name="call">The call.</param>
    public async Task<ListWalletsReply> ListWallets(ListWalletsRequest request, Call call)
    {
        if (!Enum.IsDefined(request.Kind))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"kind is {(int)request.Kind}; there is no such kind of wallet.");
        }

        var list = $"wallets/{request.Kind}";
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(list, 1, request.PageToken);
        var kinds = request.Kind == WalletKind.Unspecified ? AllButLanes : [request.Kind];
        var rows = await wallets.List(kinds, after?[0] ?? "", size + 1, call.Cancellation);
        var reply = new ListWalletsReply();
        reply.Wallets.AddRange(rows.Take(size).Select(WalletMessages.Of));
        if (rows.Count > size)
        {
            reply.NextPageToken = PageToken.Write(list, rows[size - 1].WalletId);
        }

        return reply;
    }

    /// <summary>A wallet's payments, newest first.</summary>
    /// <param name="request">Which wallet, and which page.</param>
    /// <param name="call">The call.</param>
    public async Task<ListTransfersReply> ListTransfers(ListTransfersRequest request, Call call)
    {
        var list = $"transfers/{request.WalletId}";
        var size = PageToken.PageSize(request.PageSize);
        var after = Position(PageToken.Read(list, 2, request.PageToken));
        if (await wallets.Find(request.WalletId, call.Cancellation) is null)
        {
            throw new ClusterException(StatusCode.NotFound, $"there is no wallet {request.WalletId}.");
        }

        var rows = await transfers.List(request.WalletId, after, size + 1, call.Cancellation);
        var reply = new ListTransfersReply();
        reply.Transfers.AddRange(rows.Take(size).Select(WalletMessages.Of));
        if (rows.Count > size)
        {
            var last = rows[size - 1];
            reply.NextPageToken = PageToken.Write(
                list, last.CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture), last.TransferId.ToString());
        }

        return reply;
    }

    /// <summary>The token's checksum says that this process, or one like it, has written both parts.</summary>
    private static TransferPosition? Position(string[]? key) =>
        key is null
            ? null
            : new TransferPosition(
                new DateTimeOffset(long.Parse(key[0], CultureInfo.InvariantCulture), TimeSpan.Zero), Guid.Parse(key[1]));
}
