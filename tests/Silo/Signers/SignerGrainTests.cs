using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Solana;
using Cluster.Tests.Silo.Keys;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Silo.Signers;

public sealed class SignerGrainTests : IAsyncLifetime
{
    private static readonly Call Call = new(Caller.System("test"), "request-1");
    private static readonly Blockhash Blockhash = Blockhash.FromBytes(Enumerable.Range(1, 32).Select(n => (byte)n).ToArray());

    private readonly KeyEncryptionKeyRing _ring = KeyEnvelopeTests.Ring("signers");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _ring.Dispose();
    }

    [Fact]
    public async Task A_wallet_gets_one_key_however_often_it_is_asked_for()
    {
        var first = await Signer().CreateKey(new CreateKeyRequest { WalletId = "a" }, Call);
        var again = await Signer().CreateKey(new CreateKeyRequest { WalletId = "a" }, Call);
        var other = await Signer().CreateKey(new CreateKeyRequest { WalletId = "b" }, Call);

        Assert.Equal(first.PublicKey, again.PublicKey);
        Assert.NotEqual(first.PublicKey, other.PublicKey);
        Assert.Equal(2, await _database.Scalar<long>("select count(*) from audit_log where operation = 'signer.create_key'"));
    }

    [Fact]
    public async Task Of_two_activations_that_make_a_key_at_once_one_finds_itself_stale()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                return (await Signer().CreateKey(new CreateKeyRequest { WalletId = "a" }, Call)).PublicKey;
            }
            catch (StaleVersionException)
            {
                return null;
            }
        }));

        Assert.Single(results.Where(key => key is not null).Distinct());
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from wallet_keys"));
    }

    [Fact]
    public async Task A_thousand_messages_are_signed_in_their_order()
    {
        var signer = Signer();
        var key = await CreateKey(signer, "a");
        var messages = Enumerable.Range(0, SignerGrain.MaxMessages).Select(n => Message(key, (ulong)n)).ToArray();

        var reply = await signer.SignMessages(Request("a", messages), Call);

        Assert.Equal(messages.Length, reply.Signatures.Count);
        for (var i = 0; i < messages.Length; i++)
        {
            Assert.True(Ed25519.Verify(key, messages[i], reply.Signatures[i].Span));
        }
    }

    [Fact]
    public async Task One_message_more_than_a_thousand_and_twenty_four_is_refused()
    {
        var signer = Signer();
        var key = await CreateKey(signer, "a");

        var error = await Assert.ThrowsAsync<ClusterException>(() =>
            signer.SignMessages(Request("a", Enumerable.Repeat(Message(key, 1), SignerGrain.MaxMessages + 1).ToArray()), Call));

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
    }

    [Fact]
    public async Task A_message_that_the_wallet_does_not_sign_refuses_all_of_them()
    {
        var signer = Signer();
        var key = await CreateKey(signer, "a");
        using var mallory = SigningKey.Generate();

        var error = await Assert.ThrowsAsync<ClusterException>(() =>
            signer.SignMessages(Request("a", Message(key, 1), Message(mallory.PublicKey, 1)), Call));

        Assert.Equal(StatusCode.PermissionDenied, error.Status);
        Assert.Equal($"message 2 of 2 does not require a signature of wallet a ({key}); nothing was signed.", error.Message);
    }

    [Fact]
    public async Task A_wallet_named_in_a_message_without_having_to_sign_it_does_not_sign_it()
    {
        var signer = Signer();
        var key = await CreateKey(signer, "a");
        using var other = SigningKey.Generate();
        var builder = new TransactionBuilder(other.PublicKey);
        SystemProgram.Transfer(ref builder, other.PublicKey, key, 1);

        var message = MessageOf(ref builder);
        var error = await Assert.ThrowsAsync<ClusterException>(() => signer.SignMessages(Request("a", message), Call));

        Assert.Equal(StatusCode.PermissionDenied, error.Status);
    }

    [Fact]
    public async Task Version_0_messages_and_second_signers_are_recognized()
    {
        var signer = Signer();
        var key = await CreateKey(signer, "a");
        using var payer = SigningKey.Generate();
        var builder = new TransactionBuilder(payer.PublicKey, ReadOnlySpan<AddressLookupTable>.Empty);
        SystemProgram.Transfer(ref builder, key, payer.PublicKey, 1);
        var message = MessageOf(ref builder);

        var reply = await signer.SignMessages(Request("a", message), Call);

        Assert.Equal(0x80, message[0]);
        Assert.True(Ed25519.Verify(key, message, reply.Signatures[0].Span));
    }

    [Fact]
    public async Task An_unknown_wallet_signs_nothing()
    {
        using var key = SigningKey.Generate();

        var error = await Assert.ThrowsAsync<ClusterException>(() => Signer().SignMessages(Request("ghost", Message(key.PublicKey, 1)), Call));

        Assert.Equal((StatusCode.NotFound, "there is no wallet ghost."), (error.Status, error.Message));
    }

    [Fact]
    public async Task Calls_that_overlap_open_the_key_once()
    {
        var key = await CreateKey(Signer(), "a");
        var signer = Signer();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => signer.SignMessages(Request("a", Message(key, (ulong)n)), Call)));

        Assert.All(replies, reply => Assert.Single(reply.Signatures));
    }

    [Fact]
    public async Task A_child_signs_with_the_key_that_its_parent_derived()
    {
        await CreateKey(Signer(), "a");
        var derived = await Signer().DeriveKey(Derivation("a", "drop/0", 7, 0), Call);
        var again = await Signer().DeriveKey(Derivation("a", "drop/0", 7, 0), Call);
        var sibling = await Signer().DeriveKey(Derivation("a", "drop/1", 7, 1), Call);

        var child = PublicKey.FromBytes(derived.PublicKey.Span);
        var message = Message(child, 5);
        var reply = await Signer().SignMessages(Request("drop/0", message), Call);

        Assert.Equal(derived.PublicKey, again.PublicKey);
        Assert.NotEqual(derived.PublicKey, sibling.PublicKey);
        Assert.True(Ed25519.Verify(child, message, reply.Signatures[0].Span));
    }

    [Fact]
    public async Task A_child_that_has_another_key_is_refused()
    {
        await CreateKey(Signer(), "a");
        await CreateKey(Signer(), "drop/0");

        var error = await Assert.ThrowsAsync<ClusterException>(() => Signer().DeriveKey(Derivation("a", "drop/0", 7, 0), Call));

        Assert.Equal(StatusCode.FailedPrecondition, error.Status);
    }

    [Theory]
    [InlineData(new uint[] { })]
    [InlineData(new uint[] { 0x8000_0000 })]
    [InlineData(new uint[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 })]
    public async Task A_path_that_is_none_is_refused(uint[] path)
    {
        await CreateKey(Signer(), "a");

        var error = await Assert.ThrowsAsync<ClusterException>(() => Signer().DeriveKey(Derivation("a", "child", path), Call));

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
    }

    [Fact]
    public async Task A_signer_goes_on_after_all_opened_keys_were_wiped()
    {
        var parts = SignerParts.Of(_database.Open(), _ring);
        var signer = parts.Signer();
        var key = await CreateKey(signer, "a");
        await signer.SignMessages(Request("a", Message(key, 1)), Call);

        Assert.Equal(1, parts.Opened.Clear());
        Assert.Equal(0, parts.Opened.Count);
        var reply = await signer.SignMessages(Request("a", Message(key, 2)), Call);

        Assert.True(Ed25519.Verify(key, Message(key, 2), reply.Signatures[0].Span));
        Assert.Equal(1, parts.Opened.Count);
    }

    [Fact]
    public void A_hundred_thousand_mutated_messages_are_judged_without_an_exception()
    {
        var random = new Random(20261120);
        using var key = SigningKey.Generate();
        var message = Message(key.PublicKey, 1);
        for (var i = 0; i < 100_000; i++)
        {
            var mutated = message[..random.Next(message.Length + 1)];
            for (var flips = random.Next(4); flips > 0 && mutated.Length > 0; flips--)
            {
                mutated[random.Next(Math.Min(8, mutated.Length))] = (byte)random.Next(256);
            }

            MessageSigners.Include(mutated, key.PublicKey);
        }

        Assert.True(MessageSigners.Include(message, key.PublicKey));
    }

    private SignerGrain Signer() => SignerParts.Of(_database.Open(), _ring).Signer();

    private static async Task<PublicKey> CreateKey(SignerGrain signer, string walletId) =>
        PublicKey.FromBytes((await signer.CreateKey(new CreateKeyRequest { WalletId = walletId }, Call)).PublicKey.Span);

    private static DeriveKeyRequest Derivation(string parent, string child, params uint[] path)
    {
        var request = new DeriveKeyRequest { WalletId = parent, ChildWalletId = child };
        request.DerivationPath.AddRange(path);
        return request;
    }

    private static SignMessagesRequest Request(string walletId, params byte[][] messages)
    {
        var request = new SignMessagesRequest { WalletId = walletId };
        request.Messages.AddRange(messages.Select(message => ByteString.CopyFrom(message)));
        return request;
    }

    internal static byte[] Message(in PublicKey payer, ulong lamports)
    {
        var builder = new TransactionBuilder(payer);
        SystemProgram.Transfer(ref builder, payer, PublicKey.Parse("Vote111111111111111111111111111111111111111"), lamports);
        return MessageOf(ref builder);
    }

    private static byte[] MessageOf(ref TransactionBuilder builder)
    {
        var transaction = new byte[Transaction.MaxSize];
        var size = builder.Write(Blockhash, transaction);
        return Transaction.Message(transaction.AsSpan(0, size)).ToArray();
    }
}
