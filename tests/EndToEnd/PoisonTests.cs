using Cluster.Solana;
using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class PoisonTests
{
    /// <summary>Tokens and lamports.</summary>
    private const int Deposits = 2;

    [Fact]
    public async Task Recipients_that_cannot_be_paid_fail_with_reason_and_signature_and_all_others_are_paid()
    {
        // A second passes between a deposit's landing and the lane's learning of it: time to lose what the lane sends next.
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(100), ConfirmSlots = 10, FinalizeSlots = 16 },
            new { program = "spl-token", decimals = 6, freezable = true });
        var owed = CampaignStage.Recipients(400);
        var frozenBefore = owed.Where((_, at) => at is 0 or 200).Select(row => row.Owner).ToList();
        var frozenAfter = owed.Where((_, at) => at is 7 or 8 or 150 or 399).Select(row => row.Owner).ToList();
        var stolen = owed[300].Owner;
        foreach (var owner in frozenBefore.Concat(frozenAfter))
        {
            await airdrop.Localnet.AdminAsync("mint-to", new { mint = airdrop.Mint, owner = owner.ToString(), amount = 0 });
        }

        await Task.WhenAll(frozenBefore.Select(owner => Freeze(airdrop, owner)));
        await GiveAwayAccount(airdrop, stolen, to: owed[0].Owner);

        await airdrop.Create(lanes: 1);
        await airdrop.Upload(owed);
        await airdrop.Start();
        await airdrop.Landed(airdrop.Foreign.Count + Deposits);
        await airdrop.Localnet.FaultsAsync(new { lostSends = 1.0 });
        await EverythingIsSigned(airdrop);
        airdrop.Foreign.UnionWith(await Task.WhenAll(frozenAfter.Select(owner => Freeze(airdrop, owner))));
        await airdrop.Localnet.FaultsAsync(null);
        var end = await airdrop.End();

        Assert.Equal(CampaignState.Completed, end.State);
        var failed = frozenBefore.Concat(frozenAfter).Append(stolen).Select(owner => owner.ToString()).ToHashSet();
        await airdrop.RequireExact(owed, failed);
        var failures = (await airdrop.Insist<ListFailuresReply>(new ListFailuresRequest { CampaignId = Airdrop.Id, PageSize = 1_000 })).Failures;
        Assert.Equal(failed.Order(), failures.Select(failure => failure.Address).Order());
        var ledger = (await airdrop.Localnet.LedgerAsync()).ToDictionary(entry => (string)entry["signature"]!);
        foreach (var failure in failures)
        {
            Assert.Contains(failure.Address == stolen.ToString() ? "was given to" : "frozen", failure.Reason, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(frozenAfter.Exists(owner => owner.ToString() == failure.Address), failure.Signature.Length > 0);
            Assert.True(failure.Signature.Length == 0 || ledger[failure.Signature]["err"] is not null);
        }
    }

    private static async Task EverythingIsSigned(Airdrop airdrop)
    {
        while (await airdrop.Database.Scalar<long>("select count(*) from campaign_lanes where next_sequence <= last_sequence") > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static async Task<string> Freeze(Airdrop airdrop, PublicKey owner) =>
        (string)(await airdrop.Localnet.AdminAsync("freeze", new { mint = airdrop.Mint, owner = owner.ToString() }))["signature"]!;

    /// <summary>Makes the owner's associated account belong to somebody else, as a token program's SetAuthority would.</summary>
    private static async Task GiveAwayAccount(Airdrop airdrop, PublicKey owner, PublicKey to)
    {
        var mint = PublicKey.Parse(airdrop.Mint);
        var data = new byte[TokenAccount.Size];
        mint.CopyTo(data);
        to.CopyTo(data.AsSpan(PublicKey.Size));
        data[108] = 1;
        await airdrop.Localnet.AdminAsync("set-account", new
        {
            address = AssociatedTokenAccount.Derive(owner, mint, TokenProgram.SplTokenId).ToString(),
            lamports = "2039280",
            owner = TokenProgram.SplTokenId.ToString(),
            data = Convert.ToBase64String(data),
        });
    }
}
