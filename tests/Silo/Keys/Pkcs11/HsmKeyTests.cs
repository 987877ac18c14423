using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Pkcs11;
using Cluster.Solana;
using Cluster.Tests.Silo.Signers;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Silo.Keys.Pkcs11;

/// <summary>Against SoftHSM, by the same library calls as any HSM.</summary>
public sealed class HsmKeyTests : IAsyncLifetime
{
    private static readonly Call Call = new(Caller.System("test"), "request-1");

    private readonly KeyEncryptionKeyRing _ring = KeyEnvelopeTests.Ring("hsm");
    private TestDatabase _database = null!;
    private SignerParts _parts = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.NotEmpty(SoftHsm.Folder);
        _database = await TestDatabase.Create();
        _parts = Open(SoftHsm.Pin);
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Dispose();
        _ring.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_key_of_the_hsm_signs_what_everybody_can_verify_and_stands_in_no_row()
    {
        var address = await CreateKey("treasury");
        var messages = Enumerable.Range(0, 50).Select(lamports => SignerGrainTests.Message(address, (ulong)lamports)).ToArray();

        var replies = await Task.WhenAll(messages.Select(message => Sign(_parts.Signer(), "treasury", message)));

        for (var i = 0; i < messages.Length; i++)
        {
            Assert.True(Ed25519.Verify(address, messages[i], replies[i].Signatures[0].Span));
        }

        Assert.Equal(1, await _database.Scalar<long>(
            "select count(*) from wallet_keys where custody = 'hsm' and length(sealed_key) = 0 and length(wrapped_data_key) = 0 and key_encryption_key like 'pkcs11:cluster/%'"));
    }

    [Fact]
    public async Task Sealed_keys_and_keys_of_the_hsm_stand_beside_each_other_through_a_restart()
    {
        var inHsm = await CreateKey("a");
        var sealedHere = PublicKey.FromBytes((await _parts.Signer().CreateKey(new CreateKeyRequest { WalletId = "b" }, Call)).PublicKey.Span);
        _parts.Dispose();
        _parts = Open(SoftHsm.Pin);

        var (first, second) = (SignerGrainTests.Message(inHsm, 1), SignerGrainTests.Message(sealedHere, 1));
        var byHsm = await Sign(_parts.Signer(), "a", first);
        var bySeal = await Sign(_parts.Signer(), "b", second);
        Assert.True(Ed25519.Verify(inHsm, first, byHsm.Signatures[0].Span));
        Assert.True(Ed25519.Verify(sealedHere, second, bySeal.Signatures[0].Span));
        Assert.StartsWith("local:", Assert.Single(await _parts.Keys.CountByKeyEncryptionKey(CancellationToken.None)).KeyEncryptionKeyId);
    }

    [Fact]
    public async Task No_child_is_derived_from_a_key_that_nobody_has()
    {
        await CreateKey("a");

        var error = await Assert.ThrowsAsync<ClusterException>(() =>
            _parts.Signer().DeriveKey(new DeriveKeyRequest { WalletId = "a", ChildWalletId = "drop/0", DerivationPath = { 7, 0 } }, Call));

        Assert.Equal(
            (StatusCode.FailedPrecondition, "the key of wallet a is in an HSM, which does not give it out: no child can be derived from it."),
            (error.Status, error.Message));
    }

    [Fact]
    public async Task A_row_that_names_another_key_of_the_hsm_signs_nothing()
    {
        await CreateKey("a");
        await CreateKey("b");
        await _database.Execute(
            "update wallet_keys set key_encryption_key = (select key_encryption_key from wallet_keys where wallet_id = 'b') where wallet_id = 'a'");

        var error = await Assert.ThrowsAsync<ClusterException>(async () => await _parts.Opened.Borrow("a", CancellationToken.None));

        Assert.Contains("the row was changed", error.Message);
    }

    [Fact]
    public void Without_an_hsm_its_module_its_token_or_its_pin_the_reason_is_given()
    {
        Assert.Contains("There is no HSM: set Cluster:Keys:Pkcs11:Module", Refusal(new Pkcs11Options(), SoftHsm.Pin));
        Assert.Contains("is /nonexistent.so, which is not a PKCS#11 library", Refusal(new Pkcs11Options { Module = "/nonexistent.so" }, SoftHsm.Pin));
        Assert.Contains("The HSM has no token 'other'", Refusal(new Pkcs11Options { Module = SoftHsm.Module, Token = "other" }, SoftHsm.Pin));
        Assert.Contains("PKCS11_PIN is not set", Refusal(new Pkcs11Options { Module = SoftHsm.Module, Token = SoftHsm.Token }, null));
    }

    private static string Refusal(Pkcs11Options options, string? pin)
    {
        using var hsm = new HsmKeys(options, pin);
        return Assert.Throws<KeyException>(() => hsm.Create("a", 1)).Message;
    }

    private SignerParts Open(string pin) => SignerParts.Of(
        _database.Open(), _ring, options => (options.Pkcs11.Module, options.Pkcs11.Token, options.Pkcs11.MaxSessions) = (SoftHsm.Module, SoftHsm.Token, 4), pin: pin);

    private async Task<PublicKey> CreateKey(string walletId) =>
        PublicKey.FromBytes((await _parts.Signer().CreateKey(new CreateKeyRequest { WalletId = walletId, InHsm = true }, Call)).PublicKey.Span);

    private static Task<SignMessagesReply> Sign(SignerGrain signer, string walletId, byte[] message) =>
        signer.SignMessages(new SignMessagesRequest { WalletId = walletId, Messages = { ByteString.CopyFrom(message) } }, Call);
}
