using System.Runtime.InteropServices;

namespace Cluster.Silo.Keys.Pkcs11;

/// <summary>
/// The functions of a PKCS#11 module that are used here, by their place in its function list. Source: PKCS #11 Specification
/// Version 3.0, OASIS; section 5 and the header pkcs11f.h.
/// </summary>
internal sealed unsafe class Cryptoki
{
    public const nuint Ok = 0;
    public const nuint AlreadyLoggedIn = 0x100;
    public const nuint AlreadyInitialized = 0x191;

    private const nuint OsLockingOk = 2;

    /// <summary>The version before the functions, padded to the size of a pointer.</summary>
    private const int Header = 1;

    private readonly nint* _functions;

    /// <summary>Loads and initializes a module; it stays loaded as long as the process lives.</summary>
    /// <param name="path">The library.</param>
    /// <exception cref="KeyException">It is no PKCS#11 module, or does not start.</exception>
    public Cryptoki(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library) || !NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var export))
        {
            throw new KeyException($"{KeyOptions.Section}:Pkcs11:{nameof(Pkcs11Options.Module)} is {path}, which is not a PKCS#11 library of this system.");
        }

        nint* functions;
        Demand(((delegate* unmanaged[Cdecl]<nint**, nuint>)export)(&functions), "C_GetFunctionList");
        _functions = functions;
        var arguments = new InitializeArguments { Flags = OsLockingOk };
        var initialized = ((delegate* unmanaged[Cdecl]<InitializeArguments*, nuint>)At(0))(&arguments);
        if (initialized != AlreadyInitialized)
        {
            Demand(initialized, "C_Initialize");
        }
    }

    public nuint GetSlotList(byte withToken, nuint* slots, nuint* count) => ((delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint>)At(4))(withToken, slots, count);

    public nuint GetTokenInfo(nuint slot, byte* info) => ((delegate* unmanaged[Cdecl]<nuint, byte*, nuint>)At(6))(slot, info);

    public nuint OpenSession(nuint slot, nuint flags, nuint* session) =>
        ((delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint>)At(12))(slot, flags, null, null, session);

    public nuint CloseSession(nuint session) => ((delegate* unmanaged[Cdecl]<nuint, nuint>)At(13))(session);

    public nuint Login(nuint session, nuint user, byte* pin, nuint length) =>
        ((delegate* unmanaged[Cdecl]<nuint, nuint, byte*, nuint, nuint>)At(18))(session, user, pin, length);

    public nuint GetAttributeValue(nuint session, nuint handle, Attribute* template, nuint count) =>
        ((delegate* unmanaged[Cdecl]<nuint, nuint, Attribute*, nuint, nuint>)At(24))(session, handle, template, count);

    public nuint FindObjectsInit(nuint session, Attribute* template, nuint count) =>
        ((delegate* unmanaged[Cdecl]<nuint, Attribute*, nuint, nuint>)At(26))(session, template, count);

    public nuint FindObjects(nuint session, nuint* handles, nuint max, nuint* count) =>
        ((delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint>)At(27))(session, handles, max, count);

    public nuint FindObjectsFinal(nuint session) => ((delegate* unmanaged[Cdecl]<nuint, nuint>)At(28))(session);

    public nuint SignInit(nuint session, Mechanism* mechanism, nuint key) =>
        ((delegate* unmanaged[Cdecl]<nuint, Mechanism*, nuint, nuint>)At(42))(session, mechanism, key);

    public nuint Sign(nuint session, byte* data, nuint length, byte* signature, nuint* signatureLength) =>
        ((delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint*, nuint>)At(43))(session, data, length, signature, signatureLength);

    public nuint GenerateKeyPair(
        nuint session, Mechanism* mechanism, Attribute* publicTemplate, nuint publicCount, Attribute* privateTemplate, nuint privateCount, nuint* publicKey, nuint* privateKey) =>
        ((delegate* unmanaged[Cdecl]<nuint, Mechanism*, Attribute*, nuint, Attribute*, nuint, nuint*, nuint*, nuint>)At(59))(
            session, mechanism, publicTemplate, publicCount, privateTemplate, privateCount, publicKey, privateKey);

    /// <summary>Throws where a call did not succeed.</summary>
    /// <param name="result">CKR_…</param>
    /// <param name="function">Which one, for the message.</param>
    /// <exception cref="KeyException">It did not.</exception>
    public static void Demand(nuint result, string function)
    {
        if (result != Ok)
        {
            throw new KeyException($"The HSM refused {function}: {Describe(result)}.", isTransient: result is 0x30 or 0x31 or 0x32 or 0xB3 or 0xE0);
        }
    }

    private static string Describe(nuint result) => result switch
    {
        0x30 => "CKR_DEVICE_ERROR",
        0x31 => "CKR_DEVICE_MEMORY",
        0x32 => "CKR_DEVICE_REMOVED",
        0x70 => "CKR_MECHANISM_INVALID: it does not sign with EDDSA",
        0xA0 => $"CKR_PIN_INCORRECT: put {Pkcs11Options.PinSetting} right, before the token is locked",
        0xA4 => "CKR_PIN_LOCKED: its security officer must set a new one",
        0xB3 => "CKR_SESSION_HANDLE_INVALID",
        0xE0 => "CKR_TOKEN_NOT_PRESENT",
        _ => $"CKR 0x{result:x}",
    };

    private nint At(int index) => _functions[Header + index];

    [StructLayout(LayoutKind.Sequential)]
    public struct Attribute
    {
        public nuint Type;
        public void* Value;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Mechanism
    {
        public nuint Type;
        public void* Parameter;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct InitializeArguments
    {
        public nint CreateMutex;
        public nint DestroyMutex;
        public nint LockMutex;
        public nint UnlockMutex;
        public nuint Flags;
        public nint Reserved;
    }
}
