using System.Buffers.Binary;
using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Xunit;
using static Cluster.Tests.Silo.Assets.AssetAccounts;

namespace Cluster.Tests.Silo.Assets;

public sealed class AssetPolicyTests
{
    private static readonly PublicKey Token = Key(7);
    private static readonly PublicKey Owner = Key(8);

    /// <summary>Every extension that a mint may have is decided one way or the other; none falls through.</summary>
    [Theory]
    [InlineData(ExtensionType.TransferFeeConfig, null)]
    [InlineData(ExtensionType.MintCloseAuthority, null)]
    [InlineData(ExtensionType.ConfidentialTransferMint, null)]
    [InlineData(ExtensionType.DefaultAccountState, null)]
    [InlineData(ExtensionType.NonTransferable, "its tokens cannot be transferred (NonTransferable)")]
    [InlineData(ExtensionType.InterestBearingConfig, null)]
    [InlineData(ExtensionType.PermanentDelegate, null)]
    [InlineData(ExtensionType.TransferHook, "every transfer calls the program")]
    [InlineData(ExtensionType.ConfidentialTransferFeeConfig, null)]
    [InlineData(ExtensionType.MetadataPointer, null)]
    [InlineData(ExtensionType.TokenMetadata, null)]
    [InlineData(ExtensionType.GroupPointer, null)]
    [InlineData(ExtensionType.TokenGroup, null)]
    [InlineData(ExtensionType.GroupMemberPointer, null)]
    [InlineData(ExtensionType.TokenGroupMember, null)]
    [InlineData(ExtensionType.ConfidentialMintBurn, "its tokens exist in encrypted balances only (ConfidentialMintBurn)")]
    [InlineData(ExtensionType.ScaledUiAmountConfig, null)]
    [InlineData(ExtensionType.PausableConfig, "its authority has paused all transfers (PausableConfig)")]
    [InlineData(ExtensionType.PermissionedBurn, null)]
    [InlineData((ExtensionType)29, "does not know what the extension does to payments (unknown extension 29)")]
    [InlineData((ExtensionType)60_000, "(unknown extension 60000)")]
    public void Every_extension_of_a_mint_is_decided(ExtensionType type, string? refusal)
    {
        var account = Mint((type, ValueOf(type)));

        if (refusal is null)
        {
            Assert.Equal(Token, MintPolicy.Require(Token, account, epoch: 5).Address);
            return;
        }

        var error = Assert.Throws<ClusterException>(() => MintPolicy.Require(Token, account, epoch: 5));
        Assert.Equal(StatusCode.FailedPrecondition, error.Status);
        Assert.StartsWith($"mint {Token} cannot be paid: ", error.Message);
        Assert.Contains(refusal, error.Message);
    }

    [Fact]
    public void A_hook_without_a_program_and_a_mint_that_is_not_paused_pay()
    {
        var mint = MintPolicy.Require(Token, Mint((ExtensionType.TransferHook, new byte[64]), (ExtensionType.PausableConfig, new byte[33])), 5);

        Assert.Null(mint.Fee);
        Assert.False(mint.NewAccountsAreFrozen);
    }

    [Theory]
    [InlineData(4, 100)]
    [InlineData(9, 100)]
    [InlineData(10, 300)]
    public void The_fee_is_that_of_the_current_epoch(ulong epoch, ulong fee)
    {
        var config = new byte[108];
        BinaryPrimitives.WriteUInt64LittleEndian(config.AsSpan(72), 0);
        BinaryPrimitives.WriteUInt64LittleEndian(config.AsSpan(80), 1_000_000);
        BinaryPrimitives.WriteUInt16LittleEndian(config.AsSpan(88), 100);
        BinaryPrimitives.WriteUInt64LittleEndian(config.AsSpan(90), 10);
        BinaryPrimitives.WriteUInt64LittleEndian(config.AsSpan(98), 1_000_000);
        BinaryPrimitives.WriteUInt16LittleEndian(config.AsSpan(106), 300);

        var mint = MintPolicy.Require(Token, Mint((ExtensionType.TransferFeeConfig, config)), epoch);

        Assert.Equal(fee, mint.Fee!.Value.FeeOf(10_000));
    }

    [Fact]
    public void What_is_no_mint_is_named_for_what_it_is()
    {
        Assert.Equal($"wrong mint: {Token} does not exist on this network", Refusal(null));
        Assert.Equal($"wrong mint: {Token} is a wallet, not a mint; leave the mint empty to pay SOL", Refusal(Wallet()));
        Assert.Equal($"wrong mint: {Token} is a token account, not a mint; its mint is {Key(9)}", Refusal(Tokens(Key(9), Owner)));
        Assert.Equal($"wrong mint: {Token} is not a mint: it belongs to the program {Key(3)}", Refusal(new AccountInfo(1, Key(3), default, false)));
    }

    [Fact]
    public void Recipients_may_be_wallets_strangers_and_programs_accounts_but_no_surely_mistaken_address()
    {
        Assert.Null(RecipientPolicy.Refusal(null));
        Assert.Null(RecipientPolicy.Refusal(Wallet()));
        Assert.Null(RecipientPolicy.Refusal(new AccountInfo(1, Key(3), new byte[10], Executable: false)));
        Assert.Equal("is a program", RecipientPolicy.Refusal(new AccountInfo(1, Key(3), default, Executable: true)));
        Assert.Equal("is a mint", RecipientPolicy.Refusal(Mint()));
        Assert.Equal($"is a token account of {Owner}; give its owner", RecipientPolicy.Refusal(Tokens(Token, Owner)));
    }

    [Fact]
    public void A_recipients_token_account_is_refused_where_the_payment_would_fail()
    {
        var plainOnly = new byte[295];
        plainOnly[262] = 1;
        (AccountInfo? Account, bool HasMemo, string? Refusal)[] cases =
        [
            (null, false, null),
            (Wallet(), false, null),
            (Tokens(Token, Owner), false, null),
            (Tokens(Token, Key(9)), false, $"the recipient's token account was given to {Key(9)}"),
            (Tokens(Token, Owner, TokenAccountState.Frozen), false, "the recipient's token account is frozen by the mint's authority"),
            (Tokens(Token, Owner, TokenAccountState.Initialized, (ExtensionType.MemoTransfer, [1])), false, "the recipient's token account takes transfers with a memo only; give one"),
            (Tokens(Token, Owner, TokenAccountState.Initialized, (ExtensionType.MemoTransfer, [1])), true, null),
            (Tokens(Token, Owner, TokenAccountState.Initialized, (ExtensionType.MemoTransfer, [0])), false, null),
            (Tokens(Token, Owner, TokenAccountState.Initialized, (ExtensionType.ConfidentialTransferAccount, new byte[295])), false, "the recipient's token account takes encrypted transfers only"),
            (Tokens(Token, Owner, TokenAccountState.Initialized, (ExtensionType.ConfidentialTransferAccount, plainOnly)), false, null),
        ];
        var mint = MintPolicy.Require(Token, Mint(), 5);

        Assert.All(cases, row => Assert.Equal(row.Refusal, RecipientPolicy.TokenAccountRefusal(Owner, mint, row.Account, row.HasMemo)));
    }

    private static string Refusal(AccountInfo? account) =>
        Assert.Throws<ClusterException>(() => MintPolicy.Require(Token, account, 5)).Message;

    private static byte[] ValueOf(ExtensionType type)
    {
        var value = new byte[type switch
        {
            ExtensionType.TransferFeeConfig => 108,
            ExtensionType.MintCloseAuthority or ExtensionType.PermanentDelegate => 32,
            ExtensionType.DefaultAccountState => 1,
            ExtensionType.NonTransferable => 0,
            ExtensionType.InterestBearingConfig => 52,
            ExtensionType.TransferHook or ExtensionType.MetadataPointer or ExtensionType.GroupPointer or ExtensionType.GroupMemberPointer => 64,
            ExtensionType.ScaledUiAmountConfig => 56,
            ExtensionType.PausableConfig => 33,
            _ => 80,
        }];
        if (type is ExtensionType.TransferHook or ExtensionType.PausableConfig)
        {
            value[^1] = 1;
        }

        if (type is ExtensionType.DefaultAccountState)
        {
            value[0] = (byte)TokenAccountState.Initialized;
        }

        return value;
    }
}
