using System.Text.Json.Nodes;
using Cluster.Solana;

namespace Cluster.Tests.Solana;

/// <summary>A random transaction, made with our builder and described for another implementation to make too.</summary>
internal sealed class RandomTransaction
{
    private readonly Random _random;
    private readonly PublicKey[] _keys;
    private readonly AddressLookupTable[] _tables;

    private RandomTransaction(int seed)
    {
        _random = new Random(seed);

        // Few keys, so that the same account comes in several roles and several instructions.
        _keys = new PublicKey[_random.Next(4, 40)];
        for (var i = 0; i < _keys.Length; i++) _keys[i] = NewKey();
        _tables = new AddressLookupTable[_random.Next(3)];
        for (var i = 0; i < _tables.Length; i++) _tables[i] = NewTable();
    }

    public required byte[] Bytes { get; init; }

    public required JsonObject Request { get; init; }

    public static RandomTransaction Make(int seed)
    {
        var maker = new RandomTransaction(seed) { Bytes = [], Request = [] };
        return maker.Make();
    }

    private RandomTransaction Make()
    {
        var isVersioned = _random.Next(2) == 0;
        var feePayer = Key();
        var blockhash = Blockhash.FromBytes(NewKey().AsSpan());
        var builder = isVersioned ? new TransactionBuilder(feePayer, _tables) : new TransactionBuilder(feePayer);
        var instructions = new JsonArray();
        var wanted = _random.Next(1, 24);
        for (var i = 0; i < wanted; i++)
        {
            var checkpoint = builder.Checkpoint();
            var described = Add(ref builder);
            if (builder.Fits) instructions.Add(described);
            else builder.Rollback(checkpoint);
        }

        var bytes = new byte[builder.Size];
        builder.Write(blockhash, bytes);
        var request = new JsonObject
        {
            ["kind"] = "build",
            ["feePayer"] = $"{feePayer}",
            ["blockhash"] = $"{blockhash}",
            ["instructions"] = instructions,
        };
        if (isVersioned) request["tables"] = new JsonArray([.. _tables.Select(Describe)]);
        return new RandomTransaction(0) { Bytes = bytes, Request = request };
    }

    private JsonObject Add(ref TransactionBuilder builder) => _random.Next(12) switch
    {
        0 => AddCustom(ref builder),
        1 => AddSystem(ref builder),
        2 => AddComputeBudget(ref builder),
        3 => AddMemo(ref builder),
        4 => AddCreateIdempotent(ref builder),
        5 => AddInitialization(ref builder),
        6 => AddAuthorized(ref builder),
        7 => AddExtension(ref builder),
        _ => AddTransfer(ref builder),
    };

    private JsonObject AddCustom(ref TransactionBuilder builder)
    {
        var program = NewKey();
        var accounts = new AccountMeta[_random.Next(6)];
        for (var i = 0; i < accounts.Length; i++) accounts[i] = new AccountMeta(Key(), (AccountRole)_random.Next(4));
        var data = new byte[_random.Next(300)];
        _random.NextBytes(data);
        builder.Add(program, accounts, data);
        return Describe(
            "custom", ("program", $"{program}"), ("data", Convert.ToBase64String(data)),
            ("accounts", new JsonArray([.. accounts.Select(a => new JsonArray($"{a.Key}", (int)a.Role))])));
    }

    private JsonObject AddSystem(ref TransactionBuilder builder)
    {
        PublicKey from = Key(), to = Key(), owner = Key();
        ulong lamports = Amount(), space = Amount();
        if (_random.Next(2) == 0)
        {
            SystemProgram.Transfer(ref builder, from, to, lamports);
            return Describe("transferSol", ("from", $"{from}"), ("to", $"{to}"), ("lamports", $"{lamports}"));
        }

        SystemProgram.CreateAccount(ref builder, from, to, lamports, space, owner);
        return Describe(
            "createAccount", ("payer", $"{from}"), ("account", $"{to}"), ("lamports", $"{lamports}"), ("space", $"{space}"), ("owner", $"{owner}"));
    }

    private JsonObject AddComputeBudget(ref TransactionBuilder builder)
    {
        var number = (uint)_random.NextInt64(uint.MaxValue);
        switch (_random.Next(3))
        {
            case 0:
                ComputeBudget.SetComputeUnitLimit(ref builder, number);
                return Describe("computeUnitLimit", ("units", number));
            case 1:
                ComputeBudget.SetComputeUnitPrice(ref builder, number);
                return Describe("computeUnitPrice", ("microlamports", $"{number}"));
            default:
                ComputeBudget.SetLoadedAccountsDataSizeLimit(ref builder, number);
                return Describe("loadedAccountsDataSizeLimit", ("bytes", number));
        }
    }

    private JsonObject AddMemo(ref TransactionBuilder builder)
    {
        var text = string.Concat(Enumerable.Range(0, _random.Next(1, 60)).Select(_ => char.ConvertFromUtf32(_random.Next(0x20, 0x2FFF))));
        var signers = Signers(3);
        Memo.Add(ref builder, text, signers);
        return Describe("memo", ("program", $"{Memo.ProgramId}"), ("text", text), ("signers", Describe(signers)));
    }

    private JsonObject AddCreateIdempotent(ref TransactionBuilder builder)
    {
        PublicKey payer = Key(), account = Key(), owner = Key(), mint = Key(), program = Program();
        AssociatedTokenAccount.CreateIdempotent(ref builder, payer, account, owner, mint, program);
        return Describe(
            "createIdempotent", ("payer", $"{payer}"), ("tokenAccount", $"{account}"), ("owner", $"{owner}"), ("mint", $"{mint}"), ("program", $"{program}"));
    }

    private JsonObject AddTransfer(ref TransactionBuilder builder)
    {
        PublicKey source = Key(), mint = Key(), destination = Key(), authority = Key(), program = Program();
        var signers = Signers(4);
        ulong amount = Amount(), fee = Amount();
        var decimals = (byte)_random.Next(256);
        var withFee = _random.Next(4) == 0;
        if (withFee) Token2022Extensions.TransferCheckedWithFee(ref builder, source, mint, destination, authority, amount, decimals, fee, signers);
        else TokenProgram.TransferChecked(ref builder, program, source, mint, destination, authority, amount, decimals, signers);
        return Describe(
            withFee ? "transferCheckedWithFee" : "transferChecked", ("program", $"{program}"), ("source", $"{source}"), ("mint", $"{mint}"),
            ("destination", $"{destination}"), ("authority", $"{authority}"), ("amount", $"{amount}"), ("decimals", decimals), ("fee", $"{fee}"),
            ("signers", Describe(signers)));
    }

    private JsonObject AddInitialization(ref TransactionBuilder builder)
    {
        PublicKey account = Key(), mint = Key(), owner = Key(), program = Program();
        switch (_random.Next(3))
        {
            case 0:
                var freezeAuthority = Optional();
                TokenProgram.InitializeMint2(ref builder, program, mint, 9, owner, freezeAuthority);
                return Describe(
                    "initializeMint2", ("program", $"{program}"), ("mint", $"{mint}"), ("decimals", 9), ("authority", $"{owner}"),
                    ("freezeAuthority", freezeAuthority?.ToString()));
            case 1:
                TokenProgram.InitializeAccount3(ref builder, program, account, mint, owner);
                return Describe("initializeAccount3", ("program", $"{program}"), ("account", $"{account}"), ("mint", $"{mint}"), ("owner", $"{owner}"));
            default:
                PublicKey[] signers = [Key(), .. Signers(10)];
                TokenProgram.InitializeMultisig2(ref builder, program, account, 1, signers);
                return Describe(
                    "initializeMultisig2", ("program", $"{program}"), ("multisig", $"{account}"), ("required", 1), ("signers", Describe(signers)));
        }
    }

    private JsonObject AddAuthorized(ref TransactionBuilder builder)
    {
        PublicKey account = Key(), mint = Key(), destination = Key(), authority = Key(), program = Program();
        var signers = Signers(4);
        var amount = Amount();
        var operation = _random.Next(4);
        switch (operation)
        {
            case 0: TokenProgram.MintTo(ref builder, program, mint, destination, authority, amount, signers); break;
            case 1: TokenProgram.CloseAccount(ref builder, program, account, destination, authority, signers); break;
            case 2: TokenProgram.FreezeAccount(ref builder, program, account, mint, authority, signers); break;
            default: TokenProgram.ThawAccount(ref builder, program, account, mint, authority, signers); break;
        }

        return Describe(
            operation switch { 0 => "mintTo", 1 => "closeAccount", 2 => "freezeAccount", _ => "thawAccount" },
            ("program", $"{program}"), ("account", $"{account}"), ("mint", $"{mint}"), ("destination", $"{destination}"),
            ("authority", $"{authority}"), ("amount", $"{amount}"), ("signers", Describe(signers)));
    }

    private JsonObject AddExtension(ref TransactionBuilder builder)
    {
        var mint = Key();
        PublicKey? first = Optional(), second = Optional();
        switch (_random.Next(5))
        {
            case 0:
                var basisPoints = (ushort)_random.Next(10_001);
                var maximumFee = Amount();
                Token2022Extensions.InitializeTransferFeeConfig(ref builder, mint, first, second, basisPoints, maximumFee);
                return Describe(
                    "initializeTransferFeeConfig", ("mint", $"{mint}"), ("configAuthority", first?.ToString()),
                    ("withdrawAuthority", second?.ToString()), ("basisPoints", basisPoints), ("maximumFee", $"{maximumFee}"));
            case 1:
                Token2022Extensions.InitializeDefaultAccountState(ref builder, mint, TokenAccountState.Frozen);
                return Describe("initializeDefaultAccountState", ("mint", $"{mint}"), ("state", (int)TokenAccountState.Frozen));
            case 2:
                Token2022Extensions.InitializeNonTransferableMint(ref builder, mint);
                return Describe("initializeNonTransferableMint", ("mint", $"{mint}"));
            case 3:
                var permanentDelegate = Key();
                Token2022Extensions.InitializePermanentDelegate(ref builder, mint, permanentDelegate);
                return Describe("initializePermanentDelegate", ("mint", $"{mint}"), ("delegate", $"{permanentDelegate}"));
            default:
                Token2022Extensions.InitializeTransferHook(ref builder, mint, first, second);
                return Describe(
                    "initializeTransferHook", ("mint", $"{mint}"), ("authority", first?.ToString()), ("hookProgram", second?.ToString()));
        }
    }

    private static JsonObject Describe(string operation, params ReadOnlySpan<(string Name, JsonNode? Value)> arguments)
    {
        var described = new JsonObject { ["op"] = operation };
        foreach (var (name, value) in arguments) described[name] = value;
        return described;
    }

    private static JsonArray Describe(IEnumerable<PublicKey> keys) => new([.. keys.Select(key => JsonValue.Create($"{key}"))]);

    private static JsonObject Describe(AddressLookupTable table) =>
        new() { ["key"] = $"{table.Key}", ["addresses"] = Describe(table.Addresses.ToArray()) };

    private AddressLookupTable NewTable()
    {
        var addresses = new PublicKey[_random.Next(2, 257)];
        for (var i = 0; i < addresses.Length; i++) addresses[i] = NewKey();

        // A program that is invoked must stay out of the lookups even where a table has it.
        addresses[0] = TokenProgram.SplTokenId;

        // Some of the accounts in use, at random places, each once.
        foreach (var key in _keys.Where(_ => _random.Next(2) == 0))
        {
            if (!addresses.Contains(key)) addresses[_random.Next(1, addresses.Length)] = key;
        }

        return new AddressLookupTable(NewKey(), addresses);
    }

    private PublicKey Program() => _random.Next(2) == 0 ? TokenProgram.SplTokenId : TokenProgram.Token2022Id;

    private PublicKey Key() => _keys[_random.Next(_keys.Length)];

    private PublicKey? Optional() => _random.Next(2) == 0 ? null : Key();

    private PublicKey[] Signers(int most) =>
        _random.Next(3) == 0 ? [.. Enumerable.Range(0, _random.Next(most)).Select(_ => Key()).Distinct()] : [];

    private ulong Amount() => _random.Next(4) == 0 ? ulong.MaxValue - (ulong)_random.Next(5) : (ulong)_random.NextInt64() >> _random.Next(64);

    private PublicKey NewKey()
    {
        var bytes = new byte[PublicKey.Size];
        _random.NextBytes(bytes);
        return PublicKey.FromBytes(bytes);
    }
}
