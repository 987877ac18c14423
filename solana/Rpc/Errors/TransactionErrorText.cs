using System.Text;

namespace Cluster.Solana;

/// <summary>Turns a transaction's error into a line for people.</summary>
internal static class TransactionErrorText
{
    /// <summary><c>SystemError</c> of the system program.</summary>
    private static readonly string[] SystemErrors =
    [
        "account already in use", "insufficient lamports", "invalid program id", "invalid account data length",
        "seed too long", "address does not match its seed", "no recent blockhashes for the nonce",
        "nonce blockhash not expired", "unexpected nonce blockhash",
    ];

    /// <summary>
    /// <c>TokenError</c> of Token-2022, whose first 20 codes are those of SPL Token.
    /// </summary>
    private static readonly string[] TokenErrors =
    [
        "account not rent exempt", "insufficient funds", "invalid mint", "account belongs to another mint",
        "owner does not match", "fixed supply", "already in use", "invalid number of provided signers",
        "invalid number of required signers", "account not initialized", "native tokens not supported",
        "account still holds tokens", "invalid instruction", "invalid state", "overflow", "authority type not supported",
        "mint cannot freeze", "account frozen", "mint decimals do not match", "only native tokens supported",
        "extension does not fit the account type", "extension does not fit its base", "extension already initialized",
        "confidential balance not zero", "account not approved for confidential transfers",
        "confidential transfers disabled for the account", "confidential transfer key does not match",
        "confidential balance does not match", "mint has supply", "authority was removed",
        "transfer fee above its maximum", "mint required for the transfer", "transfer fee does not match",
        "fee parameters do not match", "owner cannot be changed", "account holds withheld fees", "memo required",
        "tokens not transferable", "not transferable without immutable ownership", "too many pending confidential credits",
        "deposit above its limit", "CPI guard cannot be changed in a call", "CPI guard blocks the transfer",
        "CPI guard blocks the burn", "CPI guard blocks closing", "CPI guard blocks the approval",
        "CPI guard blocks setting the authority", "CPI guard blocks changing the owner", "extension not found",
        "only confidential transfers accepted",
    ];

    public static string Describe(TransactionError error)
    {
        if (error.InstructionIndex is { } index)
        {
            return $"instruction {index}: {DescribeInstruction(error)}";
        }

        return error.AccountIndex is { } account ? $"{Sentence(error.Code)} (account {account})" : Sentence(error.Code);
    }

    private static string DescribeInstruction(TransactionError error)
    {
        if (error.CustomCode is not { } code)
        {
            return Sentence(error.InstructionCode ?? error.Code);
        }

        return Meaning(error.Program, code) is { } meaning
            ? $"custom program error 0x{code:x} ({meaning})"
            : $"custom program error 0x{code:x}";
    }

    private static string? Meaning(PublicKey? known, uint code)
    {
        if (known is not { } program)
        {
            return null;
        }

        string[] names;
        if (TokenProgram.IsTokenProgram(program))
        {
            names = TokenErrors;
        }
        else if (program == SystemProgram.ProgramId)
        {
            names = SystemErrors;
        }
        else if (program == AssociatedTokenAccount.ProgramId)
        {
            // Its own 0; anything else comes out of the system program that it calls to make the account.
            return code == 0 ? "the token account's owner does not match" : Meaning(SystemProgram.ProgramId, code);
        }
        else
        {
            return null;
        }

        return code < (uint)names.Length ? names[code] : null;
    }

    /// <summary><c>BlockhashNotFound</c> → <c>blockhash not found</c>.</summary>
    private static string Sentence(string code)
    {
        var text = new StringBuilder(code.Length + 8);
        foreach (var letter in code)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
