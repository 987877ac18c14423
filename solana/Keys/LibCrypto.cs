using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>The functions of OpenSSL 3's libcrypto that are used here; .NET on Linux needs the same library.</summary>
internal static partial class LibCrypto
{
    /// <summary>NID_ED25519 of openssl/obj_mac.h.</summary>
    public const int Ed25519 = 1087;

    /// <summary>NID_X25519 of openssl/obj_mac.h.</summary>
    public const int X25519 = 1034;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial KeyHandle NewPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static partial KeyHandle NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);


    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int GetPublicKey(KeyHandle key, Span<byte> bytes, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new")]
    public static partial KeyContextHandle NewKeyContext(KeyHandle key, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    public static partial void FreeKeyContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_init")]
    public static partial int DeriveInit(KeyContextHandle context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_set_peer")]
    public static partial int SetPeer(KeyContextHandle context, KeyHandle peer);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive")]
    public static partial int Derive(KeyContextHandle context, Span<byte> secret, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial ContextHandle NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static partial int SignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    public static partial int Sign(
        ContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    public static partial int VerifyInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    public static partial int Verify(
        ContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_fetch", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FetchDigest(nint library, string algorithm, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_DigestInit_ex2")]
    public static partial int DigestInit(ContextHandle context, nint digest, nint parameters);

    [LibraryImport(Library, EntryPoint = "EVP_DigestUpdate")]
    public static partial int DigestUpdate(ContextHandle context, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestFinal_ex")]
    public static partial int DigestFinal(ContextHandle context, Span<byte> hash, nint length);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    /// <summary>An <c>EVP_PKEY</c>.</summary>
    public sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        /// <inheritdoc/>
        public override bool IsInvalid => handle == 0;

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    /// <summary>An <c>EVP_PKEY_CTX</c>.</summary>
    public sealed class KeyContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        /// <inheritdoc/>
        public override bool IsInvalid => handle == 0;

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            FreeKeyContext(handle);
            return true;
        }
    }

    /// <summary>An <c>EVP_MD_CTX</c>.</summary>
    public sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        /// <inheritdoc/>
        public override bool IsInvalid => handle == 0;

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
