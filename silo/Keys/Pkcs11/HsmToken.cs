using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Cluster.Solana;

namespace Cluster.Silo.Keys.Pkcs11;

/// <summary>
/// A token of an HSM that makes Ed25519 keys and signs with them; they are made sensitive and not extractable, so that no
/// call gives them out. Mechanisms CKM_EC_EDWARDS_KEY_PAIR_GEN and CKM_EDDSA of PKCS#11 3.0.
/// </summary>
internal sealed unsafe class HsmToken : IDisposable
{
    private const nuint ReadWriteSession = 4 | 2;
    private const nuint User = 1;
    private const nuint PublicKeyClass = 2;
    private const nuint PrivateKeyClass = 3;
    private const nuint ClassAttribute = 0x0;
    private const nuint TokenAttribute = 0x1;
    private const nuint PrivateAttribute = 0x2;
    private const nuint LabelAttribute = 0x3;
    private const nuint IdAttribute = 0x102;
    private const nuint SensitiveAttribute = 0x103;
    private const nuint SignAttribute = 0x108;
    private const nuint VerifyAttribute = 0x10A;
    private const nuint ExtractableAttribute = 0x162;
    private const nuint CurveAttribute = 0x180;
    private const nuint PointAttribute = 0x181;
    private const nuint GenerateMechanism = 0x1055;
    private const nuint SignMechanism = 0x1057;
    private const int IdSize = 16;
    private const int MaxSlots = 256;
    private const int TokenInfoSize = 512;
    private const int LabelSize = 32;

    private readonly Cryptoki _module;
    private readonly nuint _slot;
    private readonly ConcurrentBag<nuint> _sessions = [];
    private readonly SemaphoreSlim _free;
    private readonly nuint _loginSession;

    /// <summary>Opens a token and logs in.</summary>
    /// <param name="options">Module and token.</param>
    /// <param name="pin">The user's.</param>
    /// <exception cref="KeyException">There is no such token, or the PIN is wrong.</exception>
    public HsmToken(Pkcs11Options options, string pin)
    {
        _module = new Cryptoki(options.Module);
        _free = new SemaphoreSlim(options.MaxSessions);
        Name = options.Token;
        _slot = FindSlot(options.Token);

        // A token stays logged in as long as any session of the process is open.
        _loginSession = OpenSession();
        var secret = Encoding.UTF8.GetBytes(pin);
        fixed (byte* bytes = secret)
        {
            var result = _module.Login(_loginSession, User, bytes, (nuint)secret.Length);
            CryptographicOperations.ZeroMemory(secret);
            if (result != Cryptoki.AlreadyLoggedIn)
            {
                Cryptoki.Demand(result, "C_Login");
            }
        }
    }

    /// <summary>The token's label.</summary>
    public string Name { get; }

    /// <summary>The object identifier of Ed25519 in DER: 1.3.101.112, RFC 8410.</summary>
    private static ReadOnlySpan<byte> Ed25519Curve => [0x06, 0x03, 0x2b, 0x65, 0x70];

    /// <summary>Makes a key that never leaves the token.</summary>
    /// <param name="label">For people who look at the token.</param>
    /// <returns>The key's id in the token, and its public half.</returns>
    public (byte[] Id, PublicKey PublicKey) Generate(string label) => WithSession(session =>
    {
        var id = RandomNumberGenerator.GetBytes(IdSize);
        var name = Encoding.UTF8.GetBytes(label);
        byte yes = 1, no = 0;
        fixed (byte* idBytes = id, nameBytes = name, curve = Ed25519Curve)
        {
            Span<Cryptoki.Attribute> ofPublic =
            [
                Of(TokenAttribute, &yes, 1), Of(VerifyAttribute, &yes, 1), Of(CurveAttribute, curve, (nuint)Ed25519Curve.Length),
                Of(IdAttribute, idBytes, IdSize), Of(LabelAttribute, nameBytes, (nuint)name.Length),
            ];
            Span<Cryptoki.Attribute> ofPrivate =
            [
                Of(TokenAttribute, &yes, 1), Of(PrivateAttribute, &yes, 1), Of(SensitiveAttribute, &yes, 1), Of(ExtractableAttribute, &no, 1),
                Of(SignAttribute, &yes, 1), Of(IdAttribute, idBytes, IdSize), Of(LabelAttribute, nameBytes, (nuint)name.Length),
            ];
            var mechanism = new Cryptoki.Mechanism { Type = GenerateMechanism };
            nuint publicKey, privateKey;
            fixed (Cryptoki.Attribute* publicTemplate = ofPublic, privateTemplate = ofPrivate)
            {
                Cryptoki.Demand(
                    _module.GenerateKeyPair(
                        session, &mechanism, publicTemplate, (nuint)ofPublic.Length, privateTemplate, (nuint)ofPrivate.Length, &publicKey, &privateKey),
                    "C_GenerateKeyPair");
            }

            return (id, ReadPoint(session, publicKey));
        }
    });

    /// <summary>The public half of a key.</summary>
    /// <param name="id">From <see cref="Generate"/>.</param>
    /// <exception cref="KeyException">The token has no such key.</exception>
    public PublicKey FindPublicKey(byte[] id) => WithSession(session => ReadPoint(session, Find(session, PublicKeyClass, id)));

    /// <summary>The handle of a private key, good for <see cref="Sign"/>.</summary>
    /// <param name="id">From <see cref="Generate"/>.</param>
    /// <exception cref="KeyException">The token has no such key.</exception>
    public nuint FindPrivateKey(byte[] id) => WithSession(session => Find(session, PrivateKeyClass, id));

    /// <summary>Signs a message with EDDSA over edwards25519, the message itself and no hash of it.</summary>
    /// <param name="privateKey">From <see cref="FindPrivateKey"/>.</param>
    /// <param name="message">What is signed.</param>
    /// <param name="signature">Takes 64 bytes.</param>
    /// <exception cref="KeyException">The HSM is away or refused.</exception>
    public void Sign(nuint privateKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var session = Take();
        try
        {
            var mechanism = new Cryptoki.Mechanism { Type = SignMechanism };
            Cryptoki.Demand(_module.SignInit(session, &mechanism, privateKey), "C_SignInit");
            var length = (nuint)Signature.Size;
            fixed (byte* data = message, destination = signature[..Signature.Size])
            {
                Cryptoki.Demand(_module.Sign(session, data, (nuint)message.Length, destination, &length), "C_Sign");
            }

            if (length != Signature.Size) throw new KeyException($"The HSM's signature has {length} bytes instead of {Signature.Size}.");
        }
        catch
        {
            _module.CloseSession(session);
            _free.Release();
            throw;
        }

        GiveBack(session);
    }

    public void Dispose()
    {
        while (_sessions.TryTake(out var session))
        {
            _module.CloseSession(session);
        }

        _module.CloseSession(_loginSession);
        _free.Dispose();
    }

    private nuint FindSlot(string label)
    {
        var slots = stackalloc nuint[MaxSlots];
        nuint count = MaxSlots;
        Cryptoki.Demand(_module.GetSlotList(1, slots, &count), "C_GetSlotList");
        var info = stackalloc byte[TokenInfoSize];
        for (nuint i = 0; i < count; i++)
        {
            if (_module.GetTokenInfo(slots[i], info) == Cryptoki.Ok && Encoding.UTF8.GetString(info, LabelSize).TrimEnd(' ', '\0') == label)
            {
                return slots[i];
            }
        }

        throw new KeyException($"The HSM has no token '{label}': put {KeyOptions.Section}:Pkcs11:{nameof(Pkcs11Options.Token)} right.");
    }

    private nuint Find(nuint session, nuint ofClass, byte[] id)
    {
        fixed (byte* idBytes = id)
        {
            Span<Cryptoki.Attribute> wanted = [Of(ClassAttribute, &ofClass, (nuint)sizeof(nuint)), Of(IdAttribute, idBytes, (nuint)id.Length)];
            nuint handle, count;
            fixed (Cryptoki.Attribute* template = wanted)
            {
                Cryptoki.Demand(_module.FindObjectsInit(session, template, (nuint)wanted.Length), "C_FindObjectsInit");
            }

            Cryptoki.Demand(_module.FindObjects(session, &handle, 1, &count), "C_FindObjects");
            Cryptoki.Demand(_module.FindObjectsFinal(session), "C_FindObjectsFinal");
            return count == 1 ? handle : throw new KeyException($"The HSM's token '{Name}' has no key {Convert.ToHexStringLower(id)}.");
        }
    }

    /// <summary>The point is 32 bytes, which most modules put into a DER OCTET STRING.</summary>
    private PublicKey ReadPoint(nuint session, nuint handle)
    {
        Span<byte> point = stackalloc byte[2 + PublicKey.Size];
        fixed (byte* bytes = point)
        {
            var attribute = Of(PointAttribute, bytes, (nuint)point.Length);
            Cryptoki.Demand(_module.GetAttributeValue(session, handle, &attribute, 1), "C_GetAttributeValue");
            point = point[..(int)attribute.Length];
        }

        return point switch
        {
            { Length: PublicKey.Size } => PublicKey.FromBytes(point),
            [0x04, PublicKey.Size, ..] when point.Length == 2 + PublicKey.Size => PublicKey.FromBytes(point[2..]),
            _ => throw new KeyException($"The HSM's public key has {point.Length} bytes, which is no Ed25519 key."),
        };
    }

    private T WithSession<T>(Func<nuint, T> use)
    {
        var session = Take();
        T result;
        try
        {
            result = use(session);
        }
        catch
        {
            _module.CloseSession(session);
            _free.Release();
            throw;
        }

        GiveBack(session);
        return result;
    }

    private nuint Take()
    {
        _free.Wait();
        try
        {
            return _sessions.TryTake(out var session) ? session : OpenSession();
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    private void GiveBack(nuint session)
    {
        _sessions.Add(session);
        _free.Release();
    }

    private nuint OpenSession()
    {
        nuint session;
        Cryptoki.Demand(_module.OpenSession(_slot, ReadWriteSession, &session), "C_OpenSession");
        return session;
    }

    private static Cryptoki.Attribute Of(nuint type, void* value, nuint length) => new() { Type = type, Value = value, Length = length };
}
