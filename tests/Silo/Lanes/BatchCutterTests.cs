using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Silo.Lanes;

public sealed class BatchCutterTests
{
    private static readonly PublicKey Mint = Key(9_999);

    [Fact]
    public void Nineteen_recipients_fit_where_their_token_accounts_exist_and_nine_where_they_are_made()
    {
        Assert.Equal([19, 19, 2], Cut(Payees(40, _ => PayeeState.Ready)).Select(cut => cut.Batch.Count));
        Assert.Equal([9, 9, 2], Cut(Payees(20, _ => PayeeState.Missing)).Select(cut => cut.Batch.Count));
    }

    [Fact]
    public void A_payee_that_cannot_be_paid_breaks_the_sequence_and_stands_alone()
    {
        var cuts = Cut(Payees(6, sequence => sequence is 1 or 4 ? PayeeState.Refused : PayeeState.Ready));

        Assert.Equal(
            [(1L, 1L, true), (2L, 3L, false), (4L, 4L, true), (5L, 6L, false)],
            cuts.Select(cut => (cut.First, cut.Last, cut.IsRefused)));
    }

    [Fact]
    public void A_token_account_that_several_rows_of_a_batch_share_is_made_and_paid_for_once()
    {
        var one = Payees(3, _ => PayeeState.Missing);
        Payee[] rows = [one[0], one[1] with { Account = one[0].Account }, one[2], one[2] with { Recipient = new Recipient(4, one[2].Recipient.Owner, 4) }];

        var batch = Assert.Single(Cut(rows)).Batch;

        Assert.Equal((4, 2, 2 * 2_039_280UL), (batch.Count, batch.Missing, batch.Rent));
    }

    [Fact]
    public void However_payees_arrive_the_cuts_are_the_same_and_cover_each_of_them_once()
    {
        var random = new Random(5);
        var payees = Payees(1_000, _ => random.Next(10) switch { 0 => PayeeState.Refused, < 5 => PayeeState.Missing, _ => PayeeState.Ready });
        var whole = Cut(payees);

        for (var round = 0; round < 20; round++)
        {
            Assert.Equal(whole, Cut(payees, random.Next(1, 200)));
        }

        Assert.Equal(Enumerable.Range(1, 1_000).Select(sequence => (long)sequence), whole.SelectMany(Sequences));
    }

    [Fact]
    public void A_scan_remembers_every_state_and_bump_seed_in_a_byte()
    {
        var map = new ScanMap(5, 8);
        foreach (var payee in Payees(8, sequence => (PayeeState)(sequence % 4)).Where(payee => payee.Recipient.Sequence >= 5))
        {
            map.Note(payee);
        }

        Assert.Equal((PayeeState.Ready, (byte)250), map.Of(5));
        Assert.Equal((PayeeState.Refused, (byte)248), map.Of(7));
        Assert.Equal(PayeeState.Unknown, map.Of(8).State);
        Assert.Equal(PayeeState.Unknown, map.Of(4).State);
        Assert.Equal(PayeeState.Unknown, map.Of(9).State);
    }

    [Fact]
    public void A_token_account_is_found_again_by_its_bump_seed()
    {
        for (var index = 0; index < 200; index++)
        {
            var derived = AssociatedTokenAccount.Derive(Key(index), Mint, TokenProgram.SplTokenId, out var bump);

            Assert.Equal(derived, AssociatedTokenAccount.At(Key(index), Mint, TokenProgram.SplTokenId, bump));
        }
    }

    private static IEnumerable<long> Sequences(Cut cut)
    {
        for (var sequence = cut.First; sequence <= cut.Last; sequence++)
        {
            yield return sequence;
        }
    }

    private static List<Cut> Cut(IReadOnlyList<Payee> payees, int portion = int.MaxValue)
    {
        var mint = new MintInfo(Mint, TokenProgram.SplTokenId, 6, 1_000_000, TokenAccount.Size, null, false);
        var cutter = new BatchCutter(new BatchBuilder(new PayoutTermsOf(new PayoutAsset(mint, 2_039_280), Key(0), Price: 0)));
        var cuts = new List<Cut>();
        foreach (var part in payees.Chunk(portion))
        {
            cutter.Add(part);
            Take(isEnd: false);
        }

        Take(isEnd: true);
        return cuts;

        void Take(bool isEnd)
        {
            while (cutter.TryCut(isEnd, out var cut))
            {
                cuts.Add(cut);
            }
        }
    }

    private static Payee[] Payees(int count, Func<long, PayeeState> state) =>
    [
        .. Enumerable.Range(1, count).Select(sequence => new Payee(
            new Recipient(sequence, Key(sequence), (ulong)sequence), Key(100_000 + sequence), (byte)(255 - sequence), state(sequence))),
    ];

    private static PublicKey Key(int number)
    {
        var bytes = new byte[PublicKey.Size];
        BitConverter.TryWriteBytes(bytes, number);
        bytes[31] = 1;
        return PublicKey.FromBytes(bytes);
    }
}
