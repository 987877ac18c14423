using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

/// <summary>What we pack and what our program instructions say is executed by the real virtual machine.</summary>
public sealed class VirtualMachineTests(VirtualMachineTests.MachineFixture fixture) : IClassFixture<VirtualMachineTests.MachineFixture>
{
    private const ulong Sol = 1_000_000_000;
    private const ulong Supply = 1_000_000_000_000;
    private const byte Decimals = 6;

    private VirtualMachine Machine => fixture.Machine ?? throw new InvalidOperationException("not started");

    private SigningKey Wallet => fixture.Wallet ?? throw new InvalidOperationException("not started");

    public static TheoryData<string> Programs => [.. new[] { TokenProgram.SplTokenId, TokenProgram.Token2022Id }.Select(id => $"{id}")];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Nine_recipients_without_and_then_nineteen_with_token_accounts_are_paid_by_one_transaction(string programId)
    {
        var program = PublicKey.Parse(programId);
        var mint = await CreateMintAsync(program);
        var terms = await TermsAsync(mint, program);
        var payouts = Enumerable.Range(1, 40).Select(i => NewPayout(mint, program, (ulong)i)).ToArray();

        var paid = 0;
        while (paid < payouts.Length)
        {
            var left = Math.Min(payouts.Length - paid, 20);
            paid += await PayAsync(terms, payouts.AsMemory(paid, left), expected: Math.Min(9, left));
        }

        var again = payouts.Select(payout => payout with { CreateTokenAccount = false }).ToArray();
        Assert.Equal(19, await PayAsync(terms, again, expected: 19));

        for (var i = 0; i < payouts.Length; i++)
        {
            var account = await TokenAccountAsync(payouts[i].TokenAccount);
            Assert.Equal(payouts[i].Owner, account.Owner);
            Assert.Equal(payouts[i].Amount * (i < 19 ? 2u : 1u), account.Amount);
        }
    }

    [Fact]
    public async Task Twenty_wallets_are_paid_in_sol_by_one_transaction()
    {
        var terms = new SolPayoutTerms { FeePayer = Wallet.PublicKey, Source = Wallet.PublicKey, ComputeUnitPrice = 1_000 };
        var payouts = Enumerable.Range(1, 25).Select(i => new SolPayout(NewKey(), Sol / 1_000 + (ulong)i)).ToArray();
        var transaction = new byte[Transaction.MaxSize];
        var blockhash = await Machine.NewBlockhashAsync();

        var packed = BatchPacker.Pack(terms, payouts, blockhash, transaction);
        var outcome = await Machine.SendAsync(transaction.AsMemory(0, packed.Size), Wallet);

        Assert.Equal(20, packed.Count);
        Assert.True(outcome.Error is null, $"{outcome}");
        Assert.InRange(outcome.ComputeUnits, 1u, packed.ComputeUnitLimit);
        foreach (var payout in payouts.Take(20)) Assert.Equal(payout.Lamports, (await Machine.AccountAsync(payout.Recipient))!.Value.Lamports);
        Assert.Null(await Machine.AccountAsync(payouts[20].Recipient));
    }

    [Fact]
    public async Task A_transfer_fee_is_withheld_as_calculated_and_a_fee_that_changed_is_refused()
    {
        var mint = await CreateMintAsync(TokenProgram.Token2022Id, (ref builder, key) =>
            Token2022Extensions.InitializeTransferFeeConfig(ref builder, key, Wallet.PublicKey, null, 333, 5_000), ExtensionType.TransferFeeConfig);
        var account = (await Machine.AccountAsync(mint))!.Value;
        var fee = MintAccount.Decode(account.Owner, account.Data).TransferFees!.At(0);
        var terms = await TermsAsync(mint, TokenProgram.Token2022Id) with { ExpectedFee = fee };
        ulong[] delivered = [1, 2, 28, 29, 999, 10_000, 145_000, 1_000_000];
        var payouts = delivered.Select(amount => NewPayout(mint, TokenProgram.Token2022Id, fee.AmountToDeliver(amount))).ToArray();

        var paid = await PayAsync(terms, payouts, expected: 8);

        Assert.Equal(payouts.Length, paid);
        for (var i = 0; i < payouts.Length; i++) Assert.Equal(delivered[i], (await TokenAccountAsync(payouts[i].TokenAccount)).Amount);
        var wrong = terms with { ExpectedFee = fee with { BasisPoints = 332 } };
        var refused = await SendBatchAsync(wrong, payouts.AsMemory(5, 1));
        Assert.Contains("Calculated fee does not match expected fee", refused.Outcome.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frozen_accounts_are_decoded_as_such_refuse_transfers_and_thaw()
    {
        var mint = await CreateMintAsync(TokenProgram.SplTokenId);
        var terms = await TermsAsync(mint, TokenProgram.SplTokenId);
        var payout = NewPayout(mint, TokenProgram.SplTokenId, 5);
        await PayAsync(terms, new[] { payout }, expected: 1);

        await RunAsync((ref builder) => TokenProgram.FreezeAccount(ref builder, TokenProgram.SplTokenId, payout.TokenAccount, mint, Wallet.PublicKey));
        Assert.True((await TokenAccountAsync(payout.TokenAccount)).IsFrozen);
        Assert.Contains("frozen", (await SendBatchAsync(terms, new[] { payout })).Outcome.Logs, StringComparison.OrdinalIgnoreCase);

        await RunAsync((ref builder) => TokenProgram.ThawAccount(ref builder, TokenProgram.SplTokenId, payout.TokenAccount, mint, Wallet.PublicKey));
        Assert.Equal(TokenAccountState.Initialized, (await TokenAccountAsync(payout.TokenAccount)).State);
        await PayAsync(terms, new[] { payout }, expected: 1);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_multisig_account_pays_with_two_of_three_signatures(string programId)
    {
        var program = PublicKey.Parse(programId);
        var mint = await CreateMintAsync(program);
        var signers = Enumerable.Range(0, 3).Select(_ => SigningKey.Generate()).ToArray();
        var keys = signers.Select(signer => signer.PublicKey).ToArray();
        using var multisig = SigningKey.Generate();
        await RunAsync(
            (ref builder) =>
            {
                SystemProgram.CreateAccount(
                    ref builder, Wallet.PublicKey, multisig.PublicKey, Rent.MinimumBalance(TokenProgram.MultisigSize), TokenProgram.MultisigSize, program);
                TokenProgram.InitializeMultisig2(ref builder, program, multisig.PublicKey, 2, keys);
            },
            multisig);
        var source = await CreateTokenAccountAsync(mint, program, multisig.PublicKey);
        var destination = await CreateTokenAccountAsync(mint, program, NewKey());
        await RunAsync((ref builder) => TokenProgram.MintTo(ref builder, program, mint, source, Wallet.PublicKey, 100));

        await RunAsync(
            (ref builder) => TokenProgram.TransferChecked(
                ref builder, program, source, mint, destination, multisig.PublicKey, 100, Decimals, keys.AsSpan(1, 2)),
            signers[1], signers[2]);
        await RunAsync(
            (ref builder) => TokenProgram.CloseAccount(ref builder, program, source, Wallet.PublicKey, multisig.PublicKey, keys.AsSpan(0, 2)),
            signers[0], signers[1]);

        Assert.Equal(100u, (await TokenAccountAsync(destination)).Amount);
        Assert.Null(await Machine.AccountAsync(source));
        foreach (var signer in signers) signer.Dispose();
    }

    [Fact]
    public async Task Mints_with_extensions_are_decoded_with_what_they_demand()
    {
        PublicKey guardian = NewKey(), hook = NewKey();
        var mint = await CreateMintAsync(
            TokenProgram.Token2022Id,
            (ref builder, key) =>
            {
                Token2022Extensions.InitializeTransferHook(ref builder, key, guardian, hook);
                Token2022Extensions.InitializePermanentDelegate(ref builder, key, guardian);
                Token2022Extensions.InitializeDefaultAccountState(ref builder, key, TokenAccountState.Frozen);
                Token2022Extensions.InitializeNonTransferableMint(ref builder, key);
                Token2022Extensions.InitializeTransferFeeConfig(ref builder, key, null, guardian, 10_000, ulong.MaxValue);
            },
            ExtensionType.TransferHook, ExtensionType.PermanentDelegate, ExtensionType.DefaultAccountState, ExtensionType.NonTransferable,
            ExtensionType.TransferFeeConfig);

        var account = (await Machine.AccountAsync(mint))!.Value;
        var decoded = MintAccount.Decode(account.Owner, account.Data);

        Assert.Equal(hook, decoded.TransferHookProgram);
        Assert.Equal(guardian, decoded.PermanentDelegate);
        Assert.Equal(TokenAccountState.Frozen, decoded.DefaultAccountState);
        Assert.True(decoded.Has(ExtensionType.NonTransferable));
        Assert.Null(decoded.TransferFees!.ConfigAuthority);
        Assert.Equal(guardian, decoded.TransferFees.WithdrawAuthority);
        Assert.Equal(new TransferFee(0, ulong.MaxValue, 10_000), decoded.TransferFees.Newer);
        Assert.Equal(5, decoded.Extensions.Length);
        var tokenAccount = await CreateTokenAccountAsync(mint, TokenProgram.Token2022Id, NewKey());
        var raw = (await Machine.AccountAsync(tokenAccount))!.Value;
        Assert.Equal(decoded.AssociatedTokenAccountSize, raw.Data.Length);
        Assert.Equal(Rent.MinimumBalance(raw.Data.Length), raw.Lamports);
        Assert.True((await TokenAccountAsync(tokenAccount)).IsFrozen);
    }

    [Fact]
    public async Task A_memo_is_written_to_the_log()
    {
        var outcome = await RunAsync((ref builder) => Memo.Add(ref builder, "für März", [Wallet.PublicKey]));

        Assert.Contains("für März", outcome.Logs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(82)]
    [InlineData(165)]
    [InlineData(170)]
    [InlineData(10_000)]
    public async Task Rent_is_what_the_machine_asks(int size) =>
        Assert.Equal(await Machine.MinimumBalanceAsync(size), Rent.MinimumBalance(size));

    private delegate void Build(ref TransactionBuilder builder);

    private delegate void Extend(ref TransactionBuilder builder, PublicKey mint);

    private static PublicKey NewKey()
    {
        using var key = SigningKey.Generate();
        return key.PublicKey;
    }

    private static TokenPayout NewPayout(PublicKey mint, PublicKey program, ulong amount)
    {
        var owner = NewKey();
        var account = AssociatedTokenAccount.Derive(owner, mint, program, out var bump);
        return new TokenPayout(owner, account, amount, CreateTokenAccount: true, bump);
    }

    private async Task<VirtualMachine.Outcome> RunAsync(Build build, params SigningKey[] signers)
    {
        var transaction = Make(build, await Machine.NewBlockhashAsync());
        var outcome = await Machine.SendAsync(transaction, [Wallet, .. signers]);
        Assert.True(outcome.Error is null, $"{outcome}");
        return outcome;
    }

    private byte[] Make(Build build, Blockhash blockhash)
    {
        var builder = new TransactionBuilder(Wallet.PublicKey);
        build(ref builder);
        var transaction = new byte[builder.Size];
        builder.Write(blockhash, transaction);
        return transaction;
    }

    private async Task<PublicKey> CreateMintAsync(PublicKey program, Extend? extend = null, params ExtensionType[] extensions)
    {
        using var mint = SigningKey.Generate();
        var size = MintAccount.SizeWith(extensions);
        await RunAsync(
            (ref builder) =>
            {
                SystemProgram.CreateAccount(ref builder, Wallet.PublicKey, mint.PublicKey, Rent.MinimumBalance(size), (ulong)size, program);
                extend?.Invoke(ref builder, mint.PublicKey);
                TokenProgram.InitializeMint2(ref builder, program, mint.PublicKey, Decimals, Wallet.PublicKey, Wallet.PublicKey);
            },
            mint);
        return mint.PublicKey;
    }

    private async Task<PublicKey> CreateTokenAccountAsync(PublicKey mint, PublicKey program, PublicKey owner)
    {
        var account = AssociatedTokenAccount.Derive(owner, mint, program);
        await RunAsync((ref builder) => AssociatedTokenAccount.CreateIdempotent(ref builder, Wallet.PublicKey, account, owner, mint, program));
        return account;
    }

    private async Task<TokenPayoutTerms> TermsAsync(PublicKey mint, PublicKey program)
    {
        var source = await CreateTokenAccountAsync(mint, program, Wallet.PublicKey);
        await RunAsync((ref builder) => TokenProgram.MintTo(ref builder, program, mint, source, Wallet.PublicKey, Supply));
        return new TokenPayoutTerms
        {
            FeePayer = Wallet.PublicKey,
            Source = source,
            Owner = Wallet.PublicKey,
            Mint = mint,
            Decimals = Decimals,
            TokenProgram = program,
            ComputeUnitPrice = 50_000,
        };
    }

    private async Task<int> PayAsync(TokenPayoutTerms terms, ReadOnlyMemory<TokenPayout> payouts, int expected)
    {
        var (packed, outcome) = await SendBatchAsync(terms, payouts);
        Assert.True(outcome.Error is null, $"{outcome}");
        Assert.Equal(expected, packed.Count);
        Assert.InRange(outcome.ComputeUnits, 1u, packed.ComputeUnitLimit);
        TestContext.Current.TestOutputHelper?.WriteLine($"{packed} took {outcome.ComputeUnits}");
        return packed.Count;
    }

    private async Task<(PackedBatch Packed, VirtualMachine.Outcome Outcome)> SendBatchAsync(TokenPayoutTerms terms, ReadOnlyMemory<TokenPayout> payouts)
    {
        var transaction = new byte[Transaction.MaxSize];
        var blockhash = await Machine.NewBlockhashAsync();
        var packed = BatchPacker.Pack(terms, payouts.Span, blockhash, transaction);
        return (packed, await Machine.SendAsync(transaction.AsMemory(0, packed.Size), Wallet));
    }

    private async Task<TokenAccount> TokenAccountAsync(PublicKey key)
    {
        var account = await Machine.AccountAsync(key);
        Assert.NotNull(account);
        return TokenAccount.Decode(account.Value.Owner, account.Value.Data);
    }

    public sealed class MachineFixture : IAsyncLifetime
    {
        public VirtualMachine? Machine { get; private set; }

        public SigningKey? Wallet { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Machine = await VirtualMachine.StartAsync();
            Wallet = await Machine.FundAsync(100 * Sol);
        }

        public ValueTask DisposeAsync()
        {
            Wallet?.Dispose();
            return Machine?.DisposeAsync() ?? default;
        }
    }
}
